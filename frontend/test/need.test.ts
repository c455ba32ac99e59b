import assert from "node:assert/strict";
import { test } from "node:test";

import { byNeed, need, type Need } from "../src/shared/need";
import { nameOf, printerOf, printers } from "../src/shared/printers";
import { House, IDLE, OFFLINE } from "./support/house";

function needOf(shown: Parameters<House["printer"]>[1]): Need {
  const house = new House();
  house.printer("prusa", shown);
  return need(house.hass, printerOf(house.hass, "prusa")!);
}

test("what a printer does tells how much it needs somebody", () => {
  const needs = {
    printing: "printing",
    heating: "printing",
    resuming: "printing",
    paused: "paused",
    pausing: "paused",
    downloading: "printing",
    idle: "idle",
    connecting: "offline",
    unknown_state: "attention",
    disconnected: "offline",
    unknown: "offline",
    error: "failing",
  };
  for (const [status, expected] of Object.entries(needs)) {
    assert.equal(needOf({ "sensor.status": status }), expected, status);
  }
});

test("a printer that is lost during a print waits for somebody to look, another is offline", () => {
  assert.equal(needOf(OFFLINE), "offline");
  assert.equal(needOf({ ...OFFLINE, "sensor.file": "benchy.gcode" }), "attention");
  // One of the two sensors may be disabled.
  const watched = { ...OFFLINE, "sensor.file": null, "sensor.not_watching_reason": "offline" };
  assert.equal(needOf(watched), "attention");
});

test("without a status two other entities tell what the printer does", () => {
  const without = { "sensor.status": null };
  assert.equal(needOf({ ...without }), "printing");
  assert.equal(needOf({ ...IDLE, ...without }), "idle");
  assert.equal(needOf({ ...without, "binary_sensor.printing": null }), "idle");
  // There is a print, and it does not go on.
  assert.equal(needOf({ ...without, "binary_sensor.printing": "off" }), "paused");
  const unnamed = { "sensor.file": "unknown", "sensor.not_watching_reason": "paused" };
  assert.equal(needOf({ ...without, ...unnamed, "binary_sensor.printing": "off" }), "paused");
  const offline = { "binary_sensor.printing": "unavailable", "binary_sensor.online": "off" };
  assert.equal(needOf({ ...without, ...offline }), "offline");
});

test("a printer of which nothing was ever seen is not offline, but unreachable", () => {
  assert.equal(needOf({ "sensor.status": "unavailable" }), "unreachable");
});

test("while the gauge says so a print fails, until somebody denies it", () => {
  const gauge = { "sensor.failure_level": "failing" };
  const answered = (answer: unknown) => ({
    ...gauge,
    "binary_sensor.failure_detected": ["off", { answer }] as const,
  });
  assert.equal(needOf(answered("failed")), "failing");
  assert.equal(needOf(answered(null)), "failing");
  assert.equal(needOf(answered("not_failed")), "printing");
  // The level of a print that nobody watches any more is that of before.
  const unwatched = {
    "binary_sensor.watching": "off",
    "sensor.not_watching_reason": "alerts_muted",
  };
  assert.equal(needOf({ ...answered(null), ...unwatched }), "printing");
});

test("an open alert comes before all, even if the printer cannot be reached", () => {
  assert.equal(
    needOf({ "sensor.status": "offline", "binary_sensor.failure_detected": "on" }),
    "failing",
  );
});

test("a problem fails, a change of filament waits", () => {
  assert.equal(needOf({ "binary_sensor.problem": "on" }), "failing");
  assert.equal(needOf({ "sensor.status": "paused", "binary_sensor.attention": "on" }), "attention");
});

test("printers are sorted by need, then by name as people count", () => {
  const house = new House();
  house.printer("Printer 10");
  house.printer("Anycubic", OFFLINE);
  house.printer("Printer 2");
  house.printer("Ender", IDLE);
  house.printer("Sovol", { "binary_sensor.failure_detected": "on" });
  house.printer("Bambu", { "binary_sensor.attention": "on" });

  assert.deepEqual(byNeed(house.hass, printers(house.hass)).map(nameOf), [
    "Sovol",
    "Bambu",
    "Printer 2",
    "Printer 10",
    "Ender",
    "Anycubic",
  ]);
});
