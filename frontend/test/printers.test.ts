import assert from "node:assert/strict";
import { test } from "node:test";

import {
  entityId,
  heatersOf,
  nameOf,
  numberOf,
  printerOf,
  printerOfEntity,
  printers,
} from "../src/shared/printers";
import { House } from "./support/house";

test("entities are found by device and translation key, whatever they are called", () => {
  const house = new House();
  house.printer("prusa");
  house.printer("voron", { "sensor.progress": "7" });

  const voron = printerOf(house.hass, "voron")!;

  assert.equal(entityId(voron, "sensor.progress"), house.id("voron", "sensor.progress"));
  assert.equal(numberOf(house.hass, voron, "sensor.progress"), 7);
});

test("the account and the devices of others are no printers", () => {
  const house = new House();
  house.printer("prusa");
  house.device("account", { entry_type: "service" });
  house.entities("account", { "sensor.detection_hours": "10" });
  house.device("lamp");
  house.entities("lamp", { "sensor.status": "on" }, { platform: "hue" });

  assert.deepEqual(printers(house.hass).map(nameOf), ["prusa"]);
  assert.equal(printerOf(house.hass, "account"), undefined);
  assert.equal(printerOfEntity(house.hass, house.id("lamp", "sensor.status")), undefined);
  assert.equal(nameOf(printerOfEntity(house.hass, house.id("prusa", "camera.webcam"))!), "prusa");
});

test("a printer bears the name that its user gave it", () => {
  const house = new House();
  house.printer("prusa");
  house.device("prusa", { name: "Prusa MK4", name_by_user: "Workshop" });

  assert.equal(nameOf(printerOf(house.hass, "prusa")!), "Workshop");
});

test("printers of the same name are told apart by account, area, or id", () => {
  const house = new House();
  for (const account of ["maria", "workshop"]) {
    house.device(account, { entry_type: "service", name: `${account} (obico.example)` });
  }
  house.change({ areas: { cellar: { name: "Cellar" }, attic: { name: "Attic" } } });
  for (const [id, account, name, area_id] of [
    ["1", "maria", "Prusa MK4", "cellar"],
    ["2", "workshop", "prusa mk4", "cellar"],
    ["3", "workshop", "Voron", "cellar"],
    ["4", "maria", "Twin", null],
    ["5", "maria", "Twin", null],
    ["6", "maria", "Left", "cellar"],
    ["7", "maria", "Left", "attic"],
    ["8", "maria", "Left", null],
    ["9", "maria", "Many", "attic"],
    ["10", "workshop", "Many", "cellar"],
    ["11", "workshop", "Many", "cellar"],
    ["12", "workshop", "Many", "attic"],
  ] as const) {
    house.printer(id, { "camera.webcam": "idle" });
    const identifiers = [["obico", `${account}_1700000000_${id}`]] as const;
    house.device(id, { name, via_device_id: account, area_id, identifiers });
  }

  const names = printers(house.hass).map(nameOf);

  assert.deepEqual(names, [
    "Prusa MK4 · maria (obico.example)",
    "prusa mk4 · workshop (obico.example)",
    "Voron",
    "Twin · 4",
    "Twin · 5",
    "Left · Cellar",
    "Left · Attic",
    "Left",
    "Many · maria (obico.example)",
    "Many · workshop (obico.example) · Cellar · 10",
    "Many · workshop (obico.example) · Cellar · 11",
    "Many · workshop (obico.example) · Attic",
  ]);

  house.change({ areas: { cellar: { name: "Basement" }, attic: { name: "Attic" } } });
  assert.equal(nameOf(printerOf(house.hass, "6")!), "Left · Basement");
});

test("printers are searched for once, until the registry changes", () => {
  const house = new House();
  house.printer("prusa");
  const before = printerOf(house.hass, "prusa");

  house.update("prusa", { "sensor.progress": "43" });
  assert.equal(printerOf(house.hass, "prusa"), before);

  house.printer("voron");
  assert.notEqual(printerOf(house.hass, "prusa"), before);
});

test("a number that is not known is none", () => {
  const house = new House();
  house.printer("prusa", { "sensor.progress": "unavailable", "sensor.current_layer": "unknown" });
  const prusa = printerOf(house.hass, "prusa")!;

  assert.equal(numberOf(house.hass, prusa, "sensor.progress"), undefined);
  assert.equal(numberOf(house.hass, prusa, "sensor.current_layer"), undefined);
  assert.equal(numberOf(house.hass, prusa, "sensor.no_such_thing"), undefined);
});

test("nozzles come first, and each heater has its own target", () => {
  const house = new House();
  house.printer("voron", {
    "sensor.chamber_temperature": ["40", { heater: "chamber" }],
    "sensor.nozzle_n_temperature": ["200", { heater: "tool2" }],
    "sensor.nozzle_n_temperature!": ["190", { heater: "tool1" }],
    "number.nozzle_n_target": ["195", { heater: "tool1" }],
    "number.nozzle_n_target!": ["205", { heater: "tool2" }],
  });

  const { states } = house.hass;
  const shown = heatersOf(house.hass, printerOf(house.hass, "voron")!).map((heater) => [
    heater.kind,
    states[heater.temperature]?.state,
    heater.target && states[heater.target]?.state,
  ]);

  assert.deepEqual(shown, [
    ["nozzle", "215.3", "215"],
    ["nozzle_n", "200", "205"],
    ["nozzle_n", "190", "195"],
    ["bed", "60.1", "0"],
    ["chamber", "40", undefined],
  ]);
});
