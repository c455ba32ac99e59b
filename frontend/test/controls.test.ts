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

  constructor(shown: Parameters<House["printer"]>[1], services: object, version = "") {
    this.house.printer("prusa", shown);
    this.house.device("prusa", { sw_version: version });
    this.house.change({
      services: { obico: { ...this.house.hass.services["obico"], ...services } },
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
): Promise<Controls> {
  const controls = new Controls(shown, services, version);
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
  for (const status of ["offline", "disconnected", "unavailable"]) {
    const controls = await controlsOf({ ...OFFLINE, ...PREHEAT, "sensor.status": status });
    assert.deepEqual(controls.names, [], status);
    assert.match(controls.text, /not connected/);
  }
});

test("rates are set by their entity, or else by the action", async () => {
  const services = { set_rates: { fields: { feed_rate: {}, fan_speed: {} } } };
  const controls = await controlsOf(
    { "number.flow_rate": "100", "sensor.feed_rate": "90", "sensor.fan_speed": "40" },
    services,
  );
  const sliders = [...controls.card.shadowRoot!.querySelectorAll<HTMLInputElement>("input")];
  assert.deepEqual(
    sliders.map(({ value }) => value),
    ["90", "100", "40"],
  );

  for (const [slider, value] of [
    [sliders[0]!, "110"],
    [sliders[1]!, "95"],
  ] as const) {
    slider.value = value;
    slider.dispatchEvent(new Event("change"));
  }
  await settled();

  assert.deepEqual(
    controls.house.calls.map(({ action, data }) => [action, data]),
    [
      ["obico.set_rates", { device_id: ["prusa"], feed_rate: 110 }],
      ["number.set_value", { value: 95 }],
    ],
  );
});

test("an older integration without these actions shows no sliders and no stop", async () => {
  const controls = await controlsOf({ "sensor.feed_rate": "90" }, {}, "moonraker_obico 2.1");

  assert.equal(controls.card.shadowRoot!.querySelector("input"), null);
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
