/** Many printers: which are shown, in which order, and what several are told at once. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { PRINTERS_CARD } from "../src/strategy/config";
import type { PrintersCard } from "../src/strategy/printers-card";
import { contentTag } from "../src/shared/lazy-card";
import "../src/card/printer-card";
import "../src/strategy/printers-card";
import { House, IDLE, OFFLINE } from "./support/house";

afterEach(() => {
  document.body.replaceChildren();
  sessionStorage.clear();
});

async function settled(): Promise<void> {
  for (let round = 0; round < 6; round += 1) await new Promise((done) => setTimeout(done));
}

interface Asked {
  readonly perform_action: string;
  readonly data: Record<string, unknown>;
  readonly target?: { readonly entity_id: readonly string[] };
  readonly confirmation: { readonly title: string; readonly text: string };
}

class Farm {
  readonly card = document.createElement(contentTag(PRINTERS_CARD)) as PrintersCard;
  readonly asked: Asked[] = [];

  constructor(readonly house: House) {
    this.card.setConfig({ type: `custom:${PRINTERS_CARD}` });
    this.card.addEventListener("hass-action", (event) =>
      this.asked.push((event as CustomEvent).detail.config.tap_action),
    );
    document.body.append(this.card);
  }

  async show(): Promise<this> {
    this.card.hass = this.house.hass;
    await settled();
    return this;
  }

  get bar(): ShadowRoot {
    return this.card.shadowRoot!.querySelector("obico-farm-bar")!.shadowRoot!;
  }

  get names(): string[] {
    return [...this.card.shadowRoot!.querySelectorAll("obico-printer-card-content")].map((card) =>
      card.shadowRoot!.querySelector("h2")!.textContent!.trim(),
    );
  }

  get headlines(): number {
    return this.card.shadowRoot!.querySelectorAll("h2").length;
  }

  button(name: RegExp): HTMLElement {
    const [first, ...others] = [...this.bar.querySelectorAll("button")].filter((button) =>
      name.test(button.textContent!.replace(/\s+/g, " ").trim()),
    );
    if (!first || others.length > 0) throw new Error(`Not one ${name}`);
    return first;
  }

  async press(name: RegExp): Promise<void> {
    this.button(name).click();
    await settled();
  }

  async sort(by: string): Promise<void> {
    const select = this.bar.querySelector("select")!;
    select.value = by;
    select.dispatchEvent(new Event("change"));
    await settled();
  }

  async choose(...names: string[]): Promise<void> {
    for (const name of names) {
      const card = [...this.card.shadowRoot!.querySelectorAll("obico-printer-card-content")].find(
        (each) => each.shadowRoot!.querySelector("h2")!.textContent!.trim() === name,
      )!;
      card.shadowRoot!.querySelector<HTMLElement>("input[type=checkbox]")!.click();
      await settled();
    }
  }
}

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const PREHEAT = { "select.preheat": ["off", { options: ["off", "PLA"] }] as const };

function farmOf(): Promise<Farm> {
  const house = new House();
  house.printer("Adder", { "sensor.time_remaining": ["90", { unit_of_measurement: "min" }] });
  house.printer("Beetle", { "sensor.time_remaining": ["600", { unit_of_measurement: "s" }] });
  house.printer("Cricket", { "sensor.status": "paused", "binary_sensor.printing": "off" });
  house.printer("Dragonfly", { ...IDLE, ...PREHEAT, "sensor.last_print_end": ago(90) });
  house.printer("Emperor", { ...IDLE, ...PREHEAT, "sensor.last_print_end": ago(5) });
  house.printer("Firefly", { ...IDLE, "sensor.last_print_result": "cancelled" });
  house.printer("Gecko", OFFLINE);
  return new Farm(house).show();
}

test("a few printers need no bar", async () => {
  const house = new House();
  house.printer("Adder");
  const farm = await new Farm(house).show();

  assert.ok(!farm.card.shadowRoot!.querySelector("obico-farm-bar"));
});

test("many are filtered by what they do, and shown all again", async () => {
  const farm = await farmOf();

  await farm.press(/^Idle 3$/);
  assert.deepEqual(farm.names, ["Dragonfly", "Emperor", "Firefly"]);
  assert.equal(farm.button(/^Idle/).getAttribute("aria-pressed"), "true");

  await farm.press(/^Idle 3$/);
  assert.equal(farm.names.length, 7);
});

test("a filter follows what happens", async () => {
  const farm = await farmOf();
  await farm.press(/^Not connected/);

  farm.house.update("Firefly", OFFLINE);
  await farm.show();

  assert.deepEqual(farm.names, ["Firefly", "Gecko"]);
  assert.ok(farm.button(/^Idle 2$/));
});

test("a filter that nothing matches any more says so, and can be lifted", async () => {
  const farm = await farmOf();
  await farm.press(/^Not connected 1$/);

  farm.house.update("Gecko", IDLE);
  await farm.show();
  assert.deepEqual(farm.names, []);
  assert.match(
    farm.card.shadowRoot!.querySelector("p[role=status]")!.textContent!,
    /No printer is in this state now/,
  );

  await farm.press(/^Not connected 0$/);
  assert.equal(farm.names.length, 7);
  assert.equal(farm.card.shadowRoot!.querySelector("p[role=status]"), null);
});

test("sorted by time left, the print that ends next comes first, whatever the unit", async () => {
  const farm = await farmOf();
  assert.equal(farm.headlines, 4);

  await farm.sort("time_left");

  assert.deepEqual(farm.names.slice(0, 3), ["Beetle", "Cricket", "Adder"]);
  assert.equal(farm.headlines, 0);
});

test("what was finished last comes first, and what was cancelled is not finished", async () => {
  const farm = await farmOf();

  await farm.sort("finished");

  assert.deepEqual(farm.names.slice(0, 2), ["Emperor", "Dragonfly"]);
  assert.notEqual(farm.names[2], "Firefly");
});

test("several are paused at once, after a question that names them", async () => {
  const farm = await farmOf();
  await farm.press(/^Select several$/);
  await farm.choose("Beetle", "Adder", "Gecko");

  assert.match(farm.bar.textContent!, /3 selected/);
  await farm.press(/^Pause \(2\)$/);

  const [asked] = farm.asked;
  assert.equal(asked!.perform_action, "obico.pause_print");
  assert.deepEqual(new Set(asked!.data["device_id"] as string[]), new Set(["Adder", "Beetle"]));
  assert.equal(asked!.confirmation.text, "Adder and Beetle. Left out: Gecko (<offline>)");
  assert.deepEqual(farm.house.calls, []);
});

test("a print that the AI stopped is resumed by whoever looks at it, not with many others", async () => {
  const farm = await farmOf();
  farm.house.update("Emperor", {
    "sensor.status": "paused",
    "binary_sensor.failure_detected": "on",
  });
  await farm.show();
  await farm.press(/^Select several$/);
  await farm.choose("Cricket", "Emperor");

  await farm.press(/^Resume \(1\)$/);

  assert.equal(farm.asked[0]!.confirmation.text, "Cricket. Left out: Emperor (<paused>)");
});

test("a paused print is not cooled down, also if its status is disabled", async () => {
  const house = new House();
  for (let number = 1; number <= 6; number += 1) house.printer(`Printer ${number}`, IDLE);
  house.printer("Gecko", { "sensor.status": null, "binary_sensor.printing": "off", ...PREHEAT });
  const farm = await new Farm(house).show();
  await farm.press(/^Select several$/);
  await farm.choose("Gecko");

  assert.equal(farm.button(/^Cool down \(0\)$/).getAttribute("aria-disabled"), "true");
});

test("all that the filter shows are chosen at once, and what it hides is told nothing", async () => {
  const farm = await farmOf();
  await farm.press(/^Select several$/);
  await farm.choose("Cricket");
  await farm.press(/^Idle 3$/);
  assert.match(farm.bar.textContent!, /0 selected/);

  await farm.press(/^Select all \(3\)$/);

  assert.match(farm.bar.textContent!, /3 selected/);
  assert.equal(farm.button(/^Select all/).getAttribute("aria-pressed"), "true");
  assert.ok(farm.button(/^Resume \(0\)$/));
  assert.ok(farm.button(/^Cool down \(2\)$/));

  await farm.press(/^Select all \(3\)$/);
  assert.match(farm.bar.textContent!, /0 selected/);
});

test("a card that is made anew shows what was filtered, sorted and chosen, another one does not", async () => {
  const farm = await farmOf();
  await farm.press(/^Idle 3$/);
  await farm.sort("name");
  await farm.press(/^Select several$/);
  await farm.choose("Emperor");

  farm.card.remove();
  const again = await new Farm(farm.house).show();

  assert.deepEqual(again.names, ["Dragonfly", "Emperor", "Firefly"]);
  assert.equal(again.bar.querySelector("option[selected]")!.getAttribute("value"), "name");
  assert.match(again.bar.textContent!, /1 selected/);

  again.card.setConfig({ type: `custom:${PRINTERS_CARD}`, layout: "compact" });
  await again.show();
  assert.equal(again.names.length, 7);
});

test("what was kept by another version is not believed", async () => {
  const farm = await farmOf();
  await farm.press(/^Idle 3$/);
  const [key] = Object.keys(sessionStorage);
  for (const kept of ['{"filter":"broken","sort":"color"}', "[", "null"]) {
    sessionStorage.setItem(key!, kept);
    farm.card.setConfig({ type: `custom:${PRINTERS_CARD}` });
    await farm.show();
    assert.equal(farm.names.length, 7, kept);
  }
});

test("a browser that keeps nothing still filters", async () => {
  const refuse = () => {
    throw new DOMException("no storage", "SecurityError");
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "sessionStorage")!;
  Object.defineProperty(globalThis, "sessionStorage", { configurable: true, get: refuse });
  try {
    const farm = await farmOf();
    await farm.press(/^Idle 3$/);
    assert.equal(farm.names.length, 3);
  } finally {
    Object.defineProperty(globalThis, "sessionStorage", before);
  }
});

test("only what is paused is resumed, and only what prints nothing is cooled down", async () => {
  const farm = await farmOf();
  await farm.press(/^Select several$/);
  await farm.choose("Adder", "Cricket", "Dragonfly", "Emperor");

  await farm.press(/^Resume \(1\)$/);
  await farm.press(/^Cool down \(2\)$/);

  const [resume, coolDown] = farm.asked;
  assert.deepEqual(resume!.data["device_id"], ["Cricket"]);
  assert.equal(coolDown!.perform_action, "select.select_option");
  assert.deepEqual(coolDown!.data, { option: "off" });
  assert.deepEqual(
    new Set(coolDown!.target!.entity_id),
    new Set(["Dragonfly", "Emperor"].map((name) => farm.house.id(name, "select.preheat"))),
  );
});

test("what suits nobody who is chosen does nothing", async () => {
  const farm = await farmOf();
  await farm.press(/^Select several$/);
  await farm.choose("Gecko");

  await farm.press(/^Pause \(0\)$/);

  assert.equal(farm.button(/^Pause \(/).getAttribute("aria-disabled"), "true");
  assert.deepEqual(farm.asked, []);
});

test("of many that are chosen the question names five, and counts the others", async () => {
  const house = new House();
  for (let number = 1; number <= 8; number += 1) house.printer(`Printer ${number}`);
  const farm = await new Farm(house).show();
  await farm.press(/^Select several$/);
  await farm.choose(...farm.names);

  await farm.press(/^Pause \(8\)$/);

  assert.match(farm.asked[0]!.confirmation.text, /^Printer 1, .*Printer 5, and 3 more$/);
});

test("who chooses no more leaves no boxes behind", async () => {
  const farm = await farmOf();
  await farm.press(/^Select several$/);
  await farm.choose("Adder");

  await farm.press(/^Select several$/);

  const boxes = [...farm.card.shadowRoot!.querySelectorAll("obico-printer-card-content")].filter(
    (card) => card.shadowRoot!.querySelector("input"),
  );
  assert.deepEqual(boxes, []);
  assert.ok(!farm.bar.querySelector(".bulk"));
});
