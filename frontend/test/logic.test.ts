import assert from "node:assert/strict";
import { test } from "node:test";

import { suggestions } from "../src/card";
import { cardOf, shows } from "../src/card/config";
import { configOf, formOf } from "../src/card/editor";
import { PrinterCard } from "../src/card/shell";
import { advertise } from "../src/shared/advertise";
import { concerns } from "../src/shared/concerns";
import { define } from "../src/shared/define";
import { loadEvents, newest } from "../src/shared/events";
import { House, IDLE } from "./support/house";

test("news about something else concerns nobody", () => {
  const house = new House();
  house.printer("prusa");
  house.printer("voron");
  const before = house.hass;
  const shown = [house.id("prusa", "sensor.progress")];

  house.update("voron", { "sensor.progress": "50" });
  assert.equal(concerns(before, house.hass, shown), false);

  house.update("prusa", { "sensor.progress": "43" });
  assert.equal(concerns(before, house.hass, shown), true);
});

test("another language, other formats and another registry concern everybody", () => {
  const house = new House();
  const before = house.hass;

  for (const change of [
    { localize: () => "" },
    { locale: { ...before.locale } },
    { entities: {} },
    { devices: {} },
    { areas: {} },
    { connected: false },
  ]) {
    assert.equal(concerns(before, { ...before, ...change }, []), true, Object.keys(change)[0]);
  }
  assert.equal(concerns(undefined, before, []), true);
});

const event = (event_id: number | undefined, state: string) => ({
  state,
  attributes: { event_id },
});

test("each event is shown once, the latest first", () => {
  const events = [
    event(2, "2026-11-22T10:00:00Z"),
    event(1, "2026-11-22T09:00:00Z"),
    // The entity came back after a restart.
    event(2, "2026-11-22T10:00:00Z"),
    event(undefined, "unavailable"),
    event(4, "2026-11-22T11:00:00Z"),
    event(3, "2026-11-22T11:00:00Z"),
  ];
  assert.deepEqual(
    newest(events, 3).map(({ attributes }) => attributes.event_id),
    [4, 3, 2],
  );
});

test("without a history, or without an answer, there are no old events", async () => {
  const house = new House();
  house.history = async () => {
    throw new Error("lost");
  };
  assert.deepEqual(await loadEvents(house.hass, "event.x"), []);

  house.change({ config: { language: "en", time_zone: "UTC", components: [] } });
  house.history = async () => assert.fail("nobody is there to be asked");
  assert.deepEqual(await loadEvents(house.hass, "event.x"), []);
});

test("a part is shown unless it is switched off, or there is no room for it", () => {
  assert.equal(shows(cardOf("x"), "camera"), true);
  assert.equal(shows(cardOf("x", { show_camera: false }), "camera"), false);
  assert.equal(shows(cardOf("x", { layout: "compact" }), "camera"), true);
  assert.equal(shows(cardOf("x", { layout: "compact", show_events: true }), "events"), false);
});

test("the editor's form shows what goes without saying, and the configuration does not", () => {
  const config = cardOf("x", { show_camera: false, layout: "compact" });

  const form = formOf(config);
  assert.equal(form["show_events"], true);
  assert.deepEqual(configOf(form), config);
  assert.deepEqual(configOf({ ...form, layout: "full", show_camera: true, name: "" }), cardOf("x"));
});

test("what is written by hand and not in the form survives the editor", () => {
  const config = { ...cardOf("x"), grid_options: { columns: 6 }, visibility: [] };
  assert.deepEqual(configOf(formOf(config)), config);
});

test("a new card is of the printer that needs somebody most", () => {
  const house = new House();
  assert.equal(PrinterCard.getStubConfig(house.hass).device_id, undefined);

  house.printer("idle", IDLE);
  house.printer("printing");
  assert.equal(PrinterCard.getStubConfig(house.hass).device_id, "printing");
});

test("the card is suggested for what a printer shows, and not for its settings", () => {
  const house = new House();
  house.printer("prusa");
  house.entities("prusa", { "switch.alerts_muted": "off" }, { entity_category: "config" });
  house.device("lamp");
  house.entities("lamp", { "light.lamp": "on" }, { platform: "hue" });

  assert.deepEqual(
    suggestions(house.hass, house.id("prusa", "sensor.progress"))?.map(({ config }) => config),
    [cardOf("prusa"), cardOf("prusa", { layout: "compact" })],
  );
  assert.equal(suggestions(house.hass, house.id("prusa", "switch.alerts_muted")), null);
  assert.equal(suggestions(house.hass, house.id("lamp", "light.lamp")), null);
  assert.equal(suggestions(house.hass, "light.unknown"), null);
});

test("a second copy of the module leaves the first in charge", () => {
  const card = customElements.get("obico-printer-card");
  define("obico-printer-card", class extends HTMLElement {});
  advertise("customCards", "card", { type: "obico-printer-card" });

  assert.ok(card && customElements.get("obico-printer-card") === card);
  const { customCards } = window as unknown as { customCards: { type: string }[] };
  assert.equal(customCards.filter(({ type }) => type === "obico-printer-card").length, 1);
});

test("Home Assistant's picker offers the card, with a name and once", async () => {
  const { customCards } = window as unknown as {
    customCards: { type: string; name: string; preview: boolean }[];
  };
  const cards = customCards.filter(({ type }) => type === "obico-printer-card");
  assert.equal(cards.length, 1);
  assert.equal(cards[0]!.preview, true);
  assert.equal(cards[0]!.name, "Obico");

  const home = document.createElement("home-assistant");
  Object.assign(home, { hass: new House().hass });
  document.body.append(home);
  assert.equal(cards[0]!.name, "Obico printer");
});
