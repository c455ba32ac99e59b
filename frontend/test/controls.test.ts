/** What moves and heats a printer. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { CONTROLS_CARD } from "../src/strategy/config";
import type { ControlsCard } from "../src/strategy/controls-card";
import { contentTag } from "../src/shared/lazy-card";
import "../src/strategy/controls-card";
import { House, IDLE, OFFLINE } from "./support/house";
import { nameOf } from "./support/shown";

afterEach(() => document.body.replaceChildren());

const PREHEAT = { "select.preheat": ["off", { options: ["off", "PLA", "ABS"] }] as const };

async function settled(): Promise<void> {
  for (let round = 0; round < 6; round += 1) await new Promise((done) => setTimeout(done));
}

class Controls {
  readonly card = document.createElement(contentTag(CONTROLS_CARD)) as ControlsCard;
  readonly house = new House();
  readonly asked: { perform_action: string; data?: object; target?: object }[] = [];

  constructor(
    shown: Parameters<House["printer"]>[1],
    services: object,
    version = "",
    response: object = {},
  ) {
    this.house.printer("prusa", shown);
    this.house.device("prusa", { sw_version: version });
    this.house.change({
      services: { obico: { ...this.house.hass.services["obico"], ...services } },
      callWS: async <T>() => ({ response: { ...response } }) as T,
    });
    this.card.setConfig({ type: `custom:${CONTROLS_CARD}`, device_id: "prusa" });
    this.card.addEventListener("hass-action", (event) =>
      this.asked.push((event as CustomEvent).detail.config.tap_action),
    );
    this.card.hass = this.house.hass;
    document.body.append(this.card);
  }

  get all(): HTMLElement[] {
    const root = this.card.shadowRoot!;
    const preheat = root.querySelector("obico-preheat")?.shadowRoot;
    return [...(preheat?.querySelectorAll("button") ?? []), ...root.querySelectorAll("button")];
  }

  get names(): string[] {
    return this.all.map(nameOf);
  }

  async press(name: string): Promise<void> {
    const button = this.all.find((each) => nameOf(each) === name);
    if (!button) throw new Error(`No ${name} among ${this.names.join(", ")}`);
    button.click();
    await settled();
  }

  get text(): string {
    return this.card.shadowRoot!.querySelector("ha-card")!.textContent!.replace(/\s+/g, " ").trim();
  }
}

async function controlsOf(
  shown: Parameters<House["printer"]>[1] = { ...IDLE, ...PREHEAT },
  services: object = {},
  version?: string,
  response?: object,
): Promise<Controls> {
  const controls = new Controls(shown, services, version, response);
  await settled();
  return controls;
}

test("axes move by the distance that is chosen", async () => {
  const controls = await controlsOf();

  await controls.press("X +10 mm");
  await controls.press("0.1 mm");
  await controls.press("Z −0.1 mm");
  await controls.press("Home X and Y");

  assert.deepEqual(
    controls.house.calls.map(({ action, data }) => [action, data]),
    [
      ["obico.jog", { device_id: "prusa", x: 10 }],
      ["obico.jog", { device_id: "prusa", z: -0.1 }],
      ["obico.home", { device_id: ["prusa"], axes: ["x", "y"] }],
    ],
  );
});

test("filament goes out and back", async () => {
  const controls = await controlsOf();

  await controls.press("Extrude");
  await controls.press("Retract");

  assert.deepEqual(
    controls.house.calls.map(({ action, data }) => [action, data]),
    [
      ["obico.extrude", { device_id: "prusa", length: 5 }],
      ["obico.extrude", { device_id: "prusa", length: -5 }],
    ],
  );
});

test("profiles heat, and all heaters cool down", async () => {
  const controls = await controlsOf();
  // It is something to do, and no state that a cold printer is in.
  const chips = controls.card.shadowRoot!.querySelector("obico-preheat")!.shadowRoot!;
  assert.deepEqual(
    [...chips.querySelectorAll("button")].map((chip) => chip.getAttribute("aria-pressed")),
    [null, "false", "false"],
  );

  await controls.press("PLA");
  await controls.press("Cool down");

  assert.deepEqual(
    controls.house.calls.map(({ action, data }) => [action, data]),
    [
      ["select.select_option", { option: "PLA" }],
      ["select.select_option", { option: "off" }],
    ],
  );
});

test("during a print nothing is moved or preheated", async () => {
  const controls = await controlsOf({ ...PREHEAT });

  assert.deepEqual(controls.names, []);
  assert.match(controls.text, /during a print/);
});

test("in a paused print filament can be extruded, for that is what a change of it needs", async () => {
  const controls = await controlsOf({ "sensor.status": "paused" });

  assert.ok(controls.names.includes("Extrude"));
  assert.ok(!controls.names.includes("X +10 mm"));
});

test("a printer that is not there has no controls", async () => {
  for (const status of ["offline", "disconnected", "unknown"]) {
    const controls = await controlsOf({ ...OFFLINE, ...PREHEAT, "sensor.status": status });
    assert.deepEqual(controls.names, [], status);
    assert.match(controls.text, /not connected/);
  }
});

test("a printer whose server cannot be reached is not said to be disconnected", async () => {
  const controls = await controlsOf({ ...OFFLINE, ...PREHEAT, "sensor.status": "unavailable" });

  assert.deepEqual(controls.names, []);
  assert.equal(controls.text, "Server unreachable");
});

test("OctoPrint has lost its printer after an error, Klipper has not", async () => {
  const failed = { ...IDLE, ...PREHEAT, "sensor.status": "error" };
  const octoprint = await controlsOf({ ...failed, "button.connect": "unknown" });
  const klipper = await controlsOf(failed);

  assert.deepEqual(octoprint.names, []);
  assert.match(octoprint.text, /not connected/);
  assert.ok(klipper.names.includes("Cool down"));
});

class Rates {
  static async of(reported: Record<string, number | null>): Promise<Rates> {
    const actions = { get_rates: {}, set_rates: {} };
    return new Rates(await controlsOf({}, actions, "", reported));
  }

  constructor(readonly controls: Controls) {}

  private get root(): ShadowRoot {
    return this.controls.card.shadowRoot!.querySelector("obico-printer-rates")!.shadowRoot!;
  }

  get said(): string[] {
    return [...this.root.querySelectorAll("label")].map((label) =>
      label.textContent!.replace(/\s+/g, " ").trim(),
    );
  }

  get unknown(): number {
    return this.root.querySelectorAll(".unknown input").length;
  }

  async set(index: number, value: string): Promise<void> {
    const slider = [...this.root.querySelectorAll<HTMLInputElement>("input")][index]!;
    slider.value = value;
    slider.dispatchEvent(new Event("change"));
    await settled();
  }
}

test("rates are read and set by actions, whichever entities are enabled", async () => {
  const reported = { feed_rate: 90, flow_rate: 100, fan_speed: 40 };
  const rates = await Rates.of(reported);
  const { house } = rates.controls;
  assert.deepEqual(rates.said, ["Feed rate 90 %", "Flow rate 100 %", "Fan speed 40 %"]);

  reported.feed_rate = 110;
  await rates.set(0, "110");

  assert.deepEqual(rates.said[0], "Feed rate 110 %");
  assert.deepEqual(
    house.calls.map(({ action, data }) => [action, data]),
    [["obico.set_rates", { device_id: ["prusa"], feed_rate: 110 }]],
  );
});

test("a rate that no printer tells is unknown, and not 100 %, until it is set", async () => {
  const rates = await Rates.of({ feed_rate: null, flow_rate: null, fan_speed: null });
  assert.equal(rates.unknown, 3);
  assert.ok(rates.said.every((each) => !each.includes("%")));

  await rates.set(1, "105");
  assert.equal(rates.said[1], "Flow rate 105 %");
  assert.equal(rates.unknown, 2);

  Object.assign(rates.controls.house.hass, {
    callService: async () => {
      throw new Error("The printer is offline.");
    },
  });
  await rates.set(0, "150");
  assert.equal(rates.unknown, 2);
});

test("an older integration without these actions shows no sliders and no stop", async () => {
  const controls = await controlsOf({ "sensor.feed_rate": "90" }, {}, "moonraker_obico 2.1");

  assert.ok(!controls.card.shadowRoot!.querySelector("input"));
  assert.ok(!controls.names.includes("Emergency stop"));
});

test("an emergency stop is asked twice", async () => {
  const controls = await controlsOf({}, { emergency_stop: {} }, "moonraker_obico 2.1");

  await controls.press("Emergency stop");
  assert.equal(controls.asked.length, 0);

  await controls.press("Press again to stop");
  assert.deepEqual(controls.house.calls, []);
  assert.equal(controls.asked[0]!.perform_action, "obico.emergency_stop");
  assert.deepEqual(controls.asked[0]!.data, { device_id: ["prusa"] });
});

test("an enabled button of the emergency stop is used; OctoPrint has none", async () => {
  const klipper = await controlsOf({ "button.emergency_stop": "unknown" });
  await klipper.press("Emergency stop");
  await klipper.press("Press again to stop");
  assert.equal(klipper.asked[0]!.perform_action, "button.press");

  const octoprint = await controlsOf({}, { emergency_stop: {} }, "octoprint_obico 2.5");
  assert.ok(!octoprint.names.includes("Emergency stop"));
});
