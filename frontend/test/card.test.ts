import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";

import { House, IDLE, OFFLINE } from "./support/house";
import { countDrawings, Shown } from "./support/shown";

afterEach(() => document.body.replaceChildren());

async function show(what: Parameters<House["printer"]>[1] = {}, config = {}) {
  const house = new House();
  house.printer("prusa", what);
  return { house, shown: await Shown.of(house, "prusa", config) };
}

// What is shown

test("a print shows how far it is, and when it is done", async () => {
  const { shown } = await show();

  const job = shown.text("job").replace(/[\u00a0\u202f]/g, " ");
  assert.match(job, /^benchy\.gcode <42\.4> 1 hr 12 min left Done .+ Layer 12 of 45$/);
  assert.equal(shown.one("[role=progressbar]").getAttribute("aria-valuenow"), "42");
});

test("what an agent does not tell is left out", async () => {
  const { shown } = await show({
    "sensor.time_remaining": "unknown",
    "sensor.total_layers": "unknown",
    "sensor.progress": "unknown",
  });

  assert.equal(shown.text("job"), "benchy.gcode Layer 12");
  assert.equal(shown.has("[role=progressbar]"), false);
});

test("an idle printer shows its last print, and has nothing to press", async () => {
  const { shown } = await show(IDLE);

  assert.equal(shown.text("job"), "Last print vase.gcode <finished> 2 hr. ago");
  assert.deepEqual(shown.buttons, []);
  assert.equal(shown.text("ai"), "");
});

test("of a printer that cannot be reached there is neither picture nor temperature", async () => {
  const { shown } = await show(OFFLINE);

  assert.ok(shown.one("ha-card").classList.contains("offline"));
  assert.match(shown.text("camera"), /No picture/);
  assert.equal(shown.text("temperatures"), "");
  assert.deepEqual(shown.buttons, []);
});

test("a piece with nothing in it takes no room", async () => {
  const { shown } = await show(IDLE);

  assert.equal(shown.part("ai").hasAttribute("empty"), true);
  assert.equal(shown.part("alert").hasAttribute("empty"), true);
  assert.equal(shown.part("job").hasAttribute("empty"), false);
});

test("only what the printer has is shown", async () => {
  const { shown } = await show({
    "camera.webcam": null,
    "event.printer_event": null,
    "button.cancel": null,
  });

  assert.equal(shown.has("obico-printer-camera"), false);
  assert.equal(shown.text("events"), "");
  assert.deepEqual(shown.buttons, ["Pause print"]);
});

test("only what the configuration wants is shown", async () => {
  const { shown } = await show(
    {},
    { name: "Workshop", show_camera: false, show_ai: false, show_controls: false },
  );

  assert.equal(shown.one("h2").textContent, "Workshop");
  assert.equal(shown.has("obico-printer-camera"), false);
  assert.equal(shown.has("obico-printer-ai"), false);
  assert.equal(shown.has("obico-printer-controls"), false);
  assert.equal(shown.has("obico-printer-temperatures"), true);
});

test("the compact card names its buttons without writing it out", async () => {
  const { shown } = await show({}, { layout: "compact" });

  assert.deepEqual(shown.buttons, ["Pause print", "Cancel print"]);
  assert.equal(shown.has("obico-printer-temperatures"), false);
  assert.equal(shown.has("obico-printer-events"), false);
});

test("a card without its printer says so", async () => {
  const house = new House();
  const shown = await Shown.of(house, "prusa");
  assert.match(shown.one(".message").textContent ?? "", /no longer/);
});

// AI

test("the gauge says in words what its hand shows", async () => {
  const { shown } = await show();

  const gauge = shown.one("[role=meter]");
  assert.equal(gauge.getAttribute("aria-valuenow"), "12");
  assert.equal(gauge.getAttribute("aria-valuetext"), "<ok>");
  assert.equal(shown.all(".zone").length, 3);
});

test("while the AI does not watch, its gauge says why", async () => {
  const { shown } = await show({
    "binary_sensor.watching": "off",
    "sensor.not_watching_reason": "alerts_muted",
  });

  assert.equal(shown.text("ai"), "AI detection <alerts_muted>");
  assert.equal(shown.one("[role=meter]").getAttribute("aria-valuetext"), "<alerts_muted>");
});

test("that the AI is turned off is worth knowing before a print", async () => {
  const { shown } = await show({ ...IDLE, "sensor.not_watching_reason": "disabled" });

  assert.equal(shown.text("ai"), "AI detection <disabled>");
  assert.equal(shown.has("[role=meter]"), false);
});

// Temperatures

test("a temperature opens what sets it", async () => {
  const { house, shown } = await show();
  const opened: unknown[] = [];
  shown.card.addEventListener("hass-more-info", (event) =>
    opened.push((event as CustomEvent).detail.entityId),
  );

  shown.button("Nozzle: 215 °C, target 215 °C. Set the target").click();
  shown.button("Bed: 60 °C, target Off. Set the target").click();

  assert.deepEqual(opened, [
    house.id("prusa", "number.nozzle_target"),
    house.id("prusa", "number.bed_target"),
  ]);
});

test("a heater that cannot be set opens its temperature", async () => {
  const { house, shown } = await show({ "number.bed_target": null });
  let opened: unknown;
  shown.card.addEventListener("hass-more-info", (event) => {
    opened = (event as CustomEvent).detail.entityId;
  });

  shown.button("Bed: 60 °C").click();

  assert.equal(opened, house.id("prusa", "sensor.bed_temperature"));
});

test("nozzles are counted from one, and other heaters bear their own name", async () => {
  const { shown } = await show({
    "sensor.nozzle_n_temperature": ["200", { heater: "tool1" }],
    "sensor.heater_temperature": ["48", { heater: "raspberry_pi" }],
  });

  assert.match(shown.text("temperatures"), /Nozzle 2 200/);
  assert.match(shown.text("temperatures"), /raspberry pi 48/);
});

// Buttons

test("a paused print can be resumed, and the focus stays where it was", async () => {
  const { house, shown } = await show();
  const pause = shown.button("Pause print");
  pause.focus();
  pause.click();
  await shown.settled();
  assert.deepEqual(house.calls, [
    { action: "button.press", entityId: house.id("prusa", "button.pause") },
  ]);

  house.update("prusa", { "sensor.status": "paused" });
  await shown.refresh();

  assert.deepEqual(shown.buttons, ["Resume print", "Cancel print"]);
  assert.ok(shown.button("Resume print") === pause);
});

test("a button that is at work cannot be pressed again", async () => {
  const { house, shown } = await show();
  let done = () => {};
  house.answer = () => new Promise((resolve) => (done = resolve));

  shown.button("Pause print").click();
  await shown.settled();
  shown.button("Pause print").click();
  assert.equal(house.calls.length, 1);
  assert.equal(shown.button("Pause print").getAttribute("aria-disabled"), "true");

  done();
  await shown.settled();
  assert.equal(shown.button("Pause print").getAttribute("aria-disabled"), "false");
});

test("after what went wrong a button can be pressed again", async () => {
  const { house, shown } = await show();
  house.answer = async () => {
    throw new Error("The printer is not printing");
  };

  shown.button("Pause print").click();
  await shown.settled();
  shown.button("Pause print").click();

  assert.equal(house.calls.length, 2);
});

test("a button that is unavailable does nothing", async () => {
  const { house, shown } = await show({ "button.pause": "unavailable" });

  shown.button("Pause print").click();

  assert.deepEqual(house.calls, []);
});

test("to cancel is asked first, with what is lost", async () => {
  const { house, shown } = await show();
  let asked: { action: string; config: { tap_action: Record<string, unknown> } } | undefined;
  shown.card.addEventListener("hass-action", (event) => {
    asked = (event as CustomEvent).detail;
  });

  shown.button("Cancel print").click();

  assert.deepEqual(house.calls, []);
  const action = asked!.config.tap_action;
  assert.equal(action["perform_action"], "button.press");
  assert.deepEqual(action["target"], { entity_id: house.id("prusa", "button.cancel") });
  const question = action["confirmation"] as Record<string, string>;
  assert.match(question["text"]!, /prusa .*benchy\.gcode/);
  assert.equal(question["confirm_text"], "Cancel print");
  assert.equal(question["dismiss_text"], "Keep printing");
});

test("only the print is cancelled that was asked about", async () => {
  const { house, shown } = await show();
  house.update("prusa", { "sensor.file": ["benchy.gcode", { print_id: 7 }] });
  await shown.refresh();
  let asked: { config: { tap_action: Record<string, unknown> } } | undefined;
  shown.card.addEventListener("hass-action", (event) => {
    asked = (event as CustomEvent).detail;
  });

  shown.button("Cancel print").click();

  const action = asked!.config.tap_action;
  assert.equal(action["perform_action"], "obico.cancel_print");
  assert.deepEqual(action["data"], { device_id: ["prusa"], print_id: 7 });
  assert.equal(action["target"], undefined);
});

test("an agent that lost its printer can be told to connect", async () => {
  const { house, shown } = await show({
    ...IDLE,
    "sensor.status": "disconnected",
    "button.connect": "unknown",
  });

  shown.button("Connect printer").click();

  assert.deepEqual(
    house.calls.map(({ entityId }) => entityId),
    [house.id("prusa", "button.connect")],
  );
});

// Alerts

test("an alert is read out, framed and can be answered", async () => {
  const { house, shown } = await show();
  const live = shown.one("[role=alert]");
  assert.equal(live.textContent?.trim(), "");

  house.update("prusa", {
    "binary_sensor.failure_detected": "on",
    "sensor.last_alert": new Date().toISOString(),
  });
  await shown.refresh();

  assert.ok(shown.one("[role=alert]") === live);
  assert.match(live.textContent ?? "", /Failure detected/);
  assert.ok(shown.one("ha-card").classList.contains("failing"));
  assert.ok(shown.has("button.failing"));

  shown.button("Not a failure").click();
  shown.button("Confirm failure").click();
  assert.deepEqual(
    house.calls.map(({ entityId }) => entityId),
    [house.id("prusa", "button.not_a_failure"), house.id("prusa", "button.confirm_failure")],
  );
});

test("when an alert goes, the keyboard goes on from where it was", async () => {
  const { house, shown } = await show({ "binary_sensor.failure_detected": "on" });
  shown.button("Not a failure").focus();

  house.update("prusa", { "binary_sensor.failure_detected": "off" });
  await shown.refresh();

  assert.ok(shown.card.shadowRoot!.activeElement === shown.part("alert"));
});

test("a printer that waits says for what", async () => {
  const { shown } = await show({
    "sensor.status": "paused",
    "binary_sensor.attention": "on",
    "event.printer_event": [
      "2026-11-22T09:00:00.000+00:00",
      { event_type: "filament_change", event_id: 8 },
    ],
  });

  assert.match(shown.text("alert"), /Attention needed <filament_change>/);
});

test("a problem is told, with its last event only if that is about it", async () => {
  const { shown } = await show({ "sensor.status": "error", "binary_sensor.problem": "on" });

  assert.equal(shown.text("alert"), "Problem");
});

// Events

test("events come from the history first, and then as they happen", async () => {
  const house = new House();
  house.printer("prusa");
  const id = house.id("prusa", "event.printer_event");
  const asked: string[][] = [];
  house.history = async (entityIds) => {
    asked.push(entityIds);
    const row = (event_id: number, s: string, event_type: string) => ({
      s,
      a: { event_id, event_type, file: "vase.gcode" },
    });
    return {
      [id]: [
        row(5, "2026-11-21T09:00:00Z", "started"),
        { s: "unavailable", a: {} },
        row(6, "2026-11-21T10:00:00Z", "ended"),
      ],
    };
  };
  const shown = await Shown.of(house, "prusa");
  const types = () =>
    shown.all("obico-printer-events li, li").map((li) => li.textContent!.match(/<(\w+)>/)![1]);
  assert.deepEqual(types(), ["started", "ended", "started"]);

  house.update("prusa", {
    "event.printer_event": [
      "2026-11-22T11:00:00.000+00:00",
      { event_type: "paused", event_id: 8, file: "benchy.gcode" },
    ],
  });
  await shown.refresh();

  assert.deepEqual(types(), ["paused", "started", "ended", "started"]);
  assert.deepEqual(asked, [[id]]);
});

test("how a print ended is told where it is known", async () => {
  for (const [outcome, shown] of [
    ["cancelled", "cancelled"],
    ["finished", "finished"],
    [null, "ended"],
  ]) {
    const { shown: card } = await show({
      "event.printer_event": [
        "2026-11-22T09:00:00.000+00:00",
        { event_type: "ended", event_id: 8, outcome },
      ],
    });
    assert.match(card.text("events"), new RegExp(`<${shown}>`));
  }
});

test("events that nobody sees are not asked for", async () => {
  const house = new House();
  house.printer("prusa");
  house.history = async () => assert.fail("nobody looks");
  const observe = mock.method(IntersectionObserver.prototype, "observe", () => {});
  await Shown.of(house, "prusa");
  observe.mock.restore();
});

test("how long ago an event was goes on while it is seen, and stops with the card", async () => {
  mock.timers.enable({ apis: ["setInterval", "Date"], now: Date.parse("2026-11-22T09:02:00Z") });
  try {
    const { shown } = await show();
    assert.equal(shown.one("time").textContent?.trim(), "2 min. ago");
    mock.timers.tick(60_000);
    await shown.settled();
    assert.equal(shown.one("time").textContent?.trim(), "3 min. ago");

    const drawn = countDrawings([shown.part("events")]);
    shown.remove();
    mock.timers.tick(600_000);
    await shown.settled();
    assert.deepEqual([...drawn], []);
  } finally {
    mock.timers.reset();
  }
});

// Drawing

test("news about another printer draws nothing", async () => {
  const { house, shown } = await show();
  house.printer("voron");
  await shown.refresh();
  const drawn = countDrawings([shown.card, ...shown.all("*").filter((each) => each.shadowRoot)]);

  house.update("voron", { "sensor.progress": "50", "sensor.nozzle_temperature": "100" });
  await shown.refresh();

  assert.deepEqual([...drawn], []);
});

test("one value draws the piece that shows it, once", async () => {
  const { house, shown } = await show();
  const drawn = countDrawings([shown.card, ...shown.all("*").filter((each) => each.shadowRoot)]);

  house.update("prusa", {
    "sensor.nozzle_temperature": ["216.0", { unit_of_measurement: "°C", heater: "tool0" }],
  });
  await shown.refresh();

  assert.deepEqual(Object.fromEntries(drawn), {
    "obico-printer-card": 1,
    "obico-printer-temperatures": 1,
  });
});

test("several values of one moment draw each piece once", async () => {
  const { house, shown } = await show();
  const drawn = countDrawings([shown.card, ...shown.all("*").filter((each) => each.shadowRoot)]);

  for (const progress of ["43", "44"]) {
    house.update("prusa", { "sensor.progress": [progress, { unit_of_measurement: "%" }] });
    shown.card.hass = house.hass;
  }
  await shown.settled();

  assert.deepEqual(Object.fromEntries(drawn), {
    "obico-printer-card": 1,
    "obico-printer-job": 1,
  });
});

test("another language draws everything anew", async () => {
  const { house, shown } = await show();
  const { localize } = house.hass;
  house.change({ localize: (...given) => localize(...given).toUpperCase() });
  await shown.refresh();

  assert.deepEqual(shown.buttons, ["PAUSE PRINT", "CANCEL PRINT"]);
});
