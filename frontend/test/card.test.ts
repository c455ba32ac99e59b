import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";

import { House, IDLE, OFFLINE } from "./support/house";
import { countDrawings, nameOf, Shown } from "./support/shown";

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

test("the thumbnail, the time so far and the filament stand beside the file", async () => {
  const { shown } = await show({
    "image.thumbnail": ["2026-11-22T09:00:00Z", { entity_picture: "/api/image_proxy/image.x" }],
    "sensor.start_time": new Date(Date.now() - 3_600_000).toISOString(),
    "sensor.filament_length": ["3.142", { unit_of_measurement: "m" }],
  });

  assert.equal(shown.one("obico-printer-job img").getAttribute("src"), "/api/image_proxy/image.x");
  const job = shown.text("job").replace(/[\u00a0\u202f]/g, " ");
  assert.match(job, /1 hr so far .*3\.1 m of filament$/);
});

test("how many layers there are is told by an attribute, too", async () => {
  const { shown } = await show({
    "sensor.total_layers": null,
    "sensor.current_layer": ["12", { total: 45 }],
  });

  assert.match(shown.text("job"), /Layer 12 of 45$/);
});

test("the last event has its picture, and a brief card only that event", async () => {
  const house = new House();
  house.printer("prusa");
  house.history = async () => assert.fail("the entity itself tells it");
  const path = "/api/obico/events/entry/9/picture";
  house.change({
    callWS: (async (message: { type: string; path?: string }) => {
      assert.deepEqual([message.type, message.path], ["auth/sign_path", path]);
      return { path: `${path}?authSig=y` };
    }) as never,
  });
  house.update("prusa", {
    "event.printer_event": [
      "2026-11-22T09:00:00.000+00:00",
      { event_type: "paused", event_id: 9, picture: path, image: null },
    ],
  });
  const shown = await Shown.of(house, "prusa", { brief: true });

  assert.match(shown.text("events"), /^Print paused/);
  assert.equal(shown.all("li").length, 1);
  assert.equal(shown.one("li a").getAttribute("href"), `${path}?authSig=y`);
  assert.equal(shown.one("li img").getAttribute("src"), `${path}?authSig=y`);
});

test("on a page that stays open the picture is signed anew before it expires", async () => {
  const house = new House();
  const path = "/api/obico/events/entry/10/picture";
  const event = { event_type: "paused", event_id: 10, picture: path };
  house.printer("prusa", { "event.printer_event": ["2026-11-22T09:00:00.000+00:00", event] });
  let signatures = 0;
  house.change({
    callWS: (async () => ({ path: `${path}?authSig=${(signatures += 1)}` })) as never,
  });
  const shown = await Shown.of(house, "prusa", { brief: true });
  assert.equal(shown.one("li a").getAttribute("href"), `${path}?authSig=1`);

  mock.timers.enable({ apis: ["Date"], now: Date.now() + 4 * 3_600_000 });
  house.update("prusa", {
    "event.printer_event": ["2026-11-22T09:00:00.000+00:00", { ...event, title: "Later" }],
  });
  await shown.refresh();
  mock.timers.reset();

  assert.equal(shown.one("li a").getAttribute("href"), `${path}?authSig=2`);
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

  assert.equal(shown.text("job"), "vase.gcode Last print <finished> 2 hr. ago");
  assert.deepEqual(shown.buttons, []);
  assert.equal(shown.text("ai"), "");
});

test("of a printer that cannot be reached there is neither picture nor temperature", async () => {
  const { shown } = await show(OFFLINE);

  assert.ok(shown.one("ha-card").classList.contains("short"));
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
  assert.deepEqual(shown.buttons, ["Pause"]);
});

test("only what the configuration wants is shown", async () => {
  const { shown } = await show(
    {},
    { name: "Workshop", show_camera: false, show_ai: false, show_controls: false },
  );

  assert.equal(shown.one("h2").textContent?.trim(), "Workshop");
  assert.equal(shown.has("obico-printer-camera"), false);
  assert.equal(shown.has("obico-printer-ai"), false);
  assert.equal(shown.has("obico-printer-controls"), false);
  assert.equal(shown.has("obico-printer-temperatures"), true);
});

test("the compact card names its buttons without writing it out", async () => {
  const { shown } = await show({}, { layout: "compact" });

  assert.deepEqual(shown.buttons, ["Pause", "Cancel print"]);
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

test("a print that nobody watches has no gauge, but the reason", async () => {
  const { shown } = await show({
    "binary_sensor.watching": "off",
    "sensor.not_watching_reason": "alerts_muted",
  });

  assert.equal(shown.text("ai"), "AI detection <alerts_muted> prusa");
  assert.equal(shown.has("[role=meter]"), false);
});

test("that the AI is turned off is worth knowing before a print", async () => {
  const { shown } = await show({ ...IDLE, "sensor.not_watching_reason": "disabled" });

  assert.equal(shown.text("ai"), "AI detection <disabled> prusa");
  assert.equal(shown.has("[role=meter]"), false);
});

for (const reason of ["not_printing", "paused", "offline"]) {
  test(`that the AI does not watch because of "${reason}" is to be seen anyway`, async () => {
    const { shown } = await show({
      "sensor.status": "paused",
      "binary_sensor.watching": "off",
      "sensor.not_watching_reason": reason,
    });

    assert.equal(shown.text("ai"), "");
  });
}

for (const missing of ["binary_sensor.watching", "sensor.not_watching_reason"]) {
  test(`the gauge is there without ${missing}`, async () => {
    const { shown } = await show({ [missing]: null });

    assert.equal(shown.one("[role=meter]").getAttribute("aria-valuetext"), "<ok>");
  });
}

// Temperatures

test("a temperature opens the heater's dialog", async () => {
  const { house, shown } = await show();
  const opened: unknown[] = [];
  shown.card.addEventListener("show-dialog", (event) => {
    const { dialogTag, dialogParams } = (event as CustomEvent).detail;
    opened.push([dialogTag, dialogParams]);
  });

  shown.button("Nozzle 215 °C Target 215 °C").click();
  await shown.settled();
  shown.button("Bed 60 °C Target Off").click();
  await shown.settled();

  assert.deepEqual(
    opened,
    ["sensor.nozzle_temperature", "sensor.bed_temperature"].map((key) => [
      "obico-heater-dialog",
      { deviceId: "prusa", temperature: house.id("prusa", key) },
    ]),
  );
});

for (const [unit, zero] of [
  ["°F", "32"],
  ["K", "273.15"],
  // A sensor may round in its own way.
  ["K", "273.2"],
] as const) {
  test(`a heater that is off is off at ${zero} ${unit}, too`, async () => {
    const { shown } = await show({
      "sensor.bed_temperature": ["320", { unit_of_measurement: unit, heater: "bed" }],
      "number.bed_target": [zero, { unit_of_measurement: unit, heater: "bed" }],
    });

    assert.ok(shown.button(`Bed 320 ${unit} Target Off`));
  });
}

test("nozzles are counted from one, and other heaters bear their own name", async () => {
  const { shown } = await show({
    "sensor.nozzle_n_temperature": ["200", { heater: "tool1" }],
    "sensor.heater_temperature": ["48", { heater: "raspberry_pi" }],
  });

  assert.match(shown.text("temperatures"), /Nozzle 2 200/);
  assert.match(shown.text("temperatures"), /raspberry pi 48/);
});

test("one line of temperatures has what every print needs, and what heats", async () => {
  const more = {
    "sensor.heater_temperature": ["48", { heater: "raspberry_pi" }],
    "sensor.chamber_temperature": ["30", { heater: "chamber" }],
    "number.chamber_target": ["0", { heater: "chamber" }],
  } as const;
  const { house, shown } = await show(more, { brief: true });
  assert.match(shown.text("temperatures"), /^Nozzle 215.* Bed 60/);
  assert.doesNotMatch(shown.text("temperatures"), /48|Chamber/);

  house.update("prusa", { "number.chamber_target": ["50", { heater: "chamber" }] });
  await shown.refresh();
  assert.match(shown.text("temperatures"), /Chamber 30/);
});

test("presets are there while the printer is idle, and not during a print", async () => {
  const preheat = { "select.preheat": ["off", { options: ["off", "PLA"] }] as const };
  const { house, shown } = await show({ ...IDLE, ...preheat });
  shown.button("PLA").click();
  await shown.settled();
  assert.deepEqual(house.calls, [
    {
      action: "select.select_option",
      entityId: house.id("prusa", "select.preheat"),
      data: { option: "PLA" },
    },
  ]);

  house.update("prusa", { "sensor.status": "printing", "binary_sensor.printing": "on" });
  await shown.refresh();
  assert.equal(shown.has("obico-preheat"), false);
});

// Buttons

test("a paused print can be resumed, and the focus stays where it was", async () => {
  const { house, shown } = await show();
  const pause = shown.button("Pause");
  pause.focus();
  pause.click();
  await shown.settled();
  assert.deepEqual(house.calls, [
    { action: "button.press", entityId: house.id("prusa", "button.pause") },
  ]);

  house.update("prusa", { "sensor.status": "paused" });
  await shown.refresh();

  assert.deepEqual(shown.buttons, ["Resume", "Cancel print"]);
  assert.ok(shown.button("Resume") === pause);
});

test("a button that is at work cannot be pressed again", async () => {
  const { house, shown } = await show();
  let done = () => {};
  house.answer = () => new Promise((resolve) => (done = resolve));

  shown.button("Pause").click();
  await shown.settled();
  shown.button("Pause").click();
  assert.equal(house.calls.length, 1);
  assert.equal(shown.button("Pause").getAttribute("aria-disabled"), "true");

  done();
  await shown.settled();
  assert.equal(shown.button("Pause").getAttribute("aria-disabled"), "false");
});

test("after what went wrong a button can be pressed again", async () => {
  const { house, shown } = await show();
  house.answer = async () => {
    throw new Error("The printer is not printing");
  };

  shown.button("Pause").click();
  await shown.settled();
  shown.button("Pause").click();

  assert.equal(house.calls.length, 2);
});

test("a button that is unavailable does nothing", async () => {
  const { house, shown } = await show({ "button.pause": "unavailable" });

  shown.button("Pause").click();

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
  assert.equal(question["dismiss_text"], "Keep the print");
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

for (const status of ["disconnected", "error"]) {
  test(`an agent that lost its printer can be told to connect while it says ${status}`, async () => {
    const { house, shown } = await show({
      ...IDLE,
      "sensor.status": status,
      "button.connect": "unknown",
    });

    shown.button("Connect printer").click();

    assert.deepEqual(
      house.calls.map(({ entityId }) => entityId),
      [house.id("prusa", "button.connect")],
    );
  });
}

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
  assert.match(live.textContent ?? "", /Failure alert/);
  assert.ok(shown.one("ha-card").classList.contains("failing"));
  assert.ok(shown.has("button.failing"));

  assert.deepEqual(shown.buttons, ["Not a failure", "Cancel print", "Pause"]);
  shown.button("Not a failure").click();
  assert.deepEqual(
    house.calls.map(({ entityId }) => entityId),
    [house.id("prusa", "button.not_a_failure")],
  );
});

test("cancelling a failing print asks first, and is offered once", async () => {
  const { house, shown } = await show({ "binary_sensor.failure_detected": "on" });
  const asked: { config: { tap_action: Record<string, unknown> } }[] = [];
  shown.card.addEventListener("hass-action", (event) => asked.push((event as CustomEvent).detail));

  shown.button("Cancel print").click();

  assert.deepEqual(house.calls, []);
  assert.deepEqual(asked[0]!.config.tap_action["target"], {
    entity_id: house.id("prusa", "button.cancel"),
  });
});

test("a failing print that is confirmed stays red, and can still be cancelled", async () => {
  const { shown } = await show({
    "binary_sensor.failure_detected": ["off", { answer: "failed" }],
    "sensor.failure_level": "failing",
  });

  assert.ok(shown.one("ha-card").classList.contains("failing"));
  assert.ok(shown.has("button.failing"));
  assert.deepEqual(shown.buttons, ["Cancel print", "Pause"]);
});

test("a failure that was denied is left to the gauge", async () => {
  const { shown } = await show({
    "binary_sensor.failure_detected": ["off", { answer: "not_failed" }],
    "sensor.failure_level": "failing",
  });

  assert.ok(shown.one("ha-card").classList.contains("printing"));
  assert.equal(shown.text("alert"), "");
  assert.equal(shown.one("[role=meter]").getAttribute("aria-valuetext"), "<failing>");
});

test("where nobody knows what was answered, the alert alone counts", async () => {
  const { shown } = await show({ "sensor.failure_level": "failing" });

  assert.ok(shown.one("ha-card").classList.contains("printing"));
});

for (const [reason, words] of [
  ["filament_change", "Filament change"],
  ["user_interaction", "Something to do at the printer"],
  [undefined, "Something to do at the printer"],
] as const) {
  test(`a printer that waits because of ${reason} says "${words}"`, async () => {
    const { shown } = await show({
      "sensor.status": "pausing",
      "binary_sensor.attention": ["on", reason ? { reason } : {}],
    });

    assert.equal(shown.text("alert"), `Attention needed ${words}`);
    assert.match(shown.one(".status").textContent ?? "", new RegExp(words));
  });
}

test("a change of filament is named by its event, too", async () => {
  const { shown } = await show({
    "sensor.status": "paused",
    "binary_sensor.attention": "on",
    "event.printer_event": [
      "2026-11-22T09:00:00.000+00:00",
      { event_type: "filament_change", event_id: 8 },
    ],
  });

  assert.equal(shown.text("alert"), "Attention needed Filament change");
});

test("of a printer that is lost during a print it is said that the print may go on", async () => {
  const { shown } = await show({
    ...OFFLINE,
    "sensor.file": "benchy.gcode",
    "sensor.not_watching_reason": "offline",
  });

  assert.equal(
    shown.text("alert"),
    "Offline during a print The print may go on, and nobody watches it.",
  );
  assert.match(shown.one(".status").textContent ?? "", /<offline>/);
  assert.ok(shown.one("ha-card").classList.contains("attention"));
  assert.ok(shown.one("ha-card").classList.contains("short"));
  shown.remove();

  const { shown: off } = await show(OFFLINE);
  assert.equal(off.text("alert"), "");
});

test("a compact card says of an alert whether the print goes on, as its head may have no room", async () => {
  for (const status of ["printing", "paused"]) {
    const { shown } = await show(
      { "binary_sensor.failure_detected": "on", "sensor.status": status },
      { layout: "compact" },
    );
    assert.match(shown.text("alert"), new RegExp(`^Failure alert .*<${status}>`));
    shown.remove();
  }
});

test("a compact card has no gauge, but says of a print that nobody watches it", async () => {
  const unwatched = {
    "binary_sensor.watching": "off",
    "sensor.not_watching_reason": "no_detection_hours",
  };
  for (const [states, words] of [
    [{}, ""],
    [unwatched, "AI detection · <no_detection_hours>"],
    [{ ...IDLE, ...unwatched }, ""],
  ] as const) {
    const { shown } = await show(states, { layout: "compact" });
    assert.equal(shown.text("ai"), words);
    shown.remove();
  }
});

const ERROR = { "sensor.status": "error", "binary_sensor.problem": "on" } as const;

test("a problem is told with the printer's own words, wherever they stand", async () => {
  for (const [where, words] of [
    [{ "sensor.error": "Thermal runaway" }, "Problem Thermal runaway"],
    [{ "binary_sensor.problem": ["on", { error: "MCU lost" }] as const }, "Problem MCU lost"],
    [
      {
        "event.printer_event": [
          "2026-11-22T09:00:00.000+00:00",
          { event_type: "printer_error", event_id: 8, title: "Heater failed" },
        ] as const,
      },
      "Problem Heater failed",
    ],
    [{ "sensor.error": "unknown" }, "Problem"],
    [{}, "Problem"],
  ] as const) {
    const { shown } = await show({ ...ERROR, ...where });
    assert.equal(shown.text("alert"), words);
    shown.remove();
  }
});

test("a failing print whose printer has a problem tells both", async () => {
  const { shown } = await show({
    "binary_sensor.failure_detected": "on",
    "binary_sensor.problem": "on",
  });

  assert.match(shown.text("alert"), /Failure alert .*Problem/);
});

// What stands still, and what has not begun

test("while a print is paused, nothing says when it is done", async () => {
  const { shown } = await show({ "sensor.status": "paused" });

  assert.doesNotMatch(shown.text("job"), /Done/);
  assert.match(shown.text("job"), /1.hr.*12.min left/);
});

test("a print that heats up can be paused and cancelled", async () => {
  const { shown } = await show({ "sensor.status": "heating" });

  assert.match(shown.one(".status").textContent ?? "", /<heating>/);
  assert.deepEqual(shown.buttons, ["Pause", "Cancel print"]);
});

test("a print can be stopped and resumed whose status is disabled", async () => {
  const { shown } = await show({ "sensor.status": null });
  assert.deepEqual(shown.buttons, ["Pause", "Cancel print"]);
});

test("a paused print can be resumed whose status is disabled", async () => {
  const { shown } = await show({ "sensor.status": null, "binary_sensor.printing": "off" });
  assert.deepEqual(shown.buttons, ["Resume", "Cancel print"]);
});

test("pause and cancel are read out with the printer's name", async () => {
  const { shown } = await show({}, { layout: "compact" });

  assert.deepEqual(shown.all("button.action").map(nameOf), ["Pause prusa", "Cancel print prusa"]);
});

test("a long name of a file keeps its end", async () => {
  const { shown } = await show({ "sensor.file": "bracket_left_v12_petg_0.2mm_3h12m.gcode" });

  const [start, end] = shown.all(".file span").map((span) => span.textContent);
  assert.equal(end, "_3h12m.gcode");
  assert.equal(start, "bracket_left_v12_petg_0.2mm");
});

for (const name of ["מחזיק כבלים לשולחן צד שמאל.gcode", "حامل-الكابلات-للمكتب-الأيسر.gcode"]) {
  test(`a name of a file that is written from right to left is not taken apart: ${name}`, async () => {
    const { shown } = await show({ "sensor.file": name });

    const file = shown.all(".file").find(({ textContent }) => textContent === name)!;
    assert.equal(file.children.length, 1);
    assert.equal(file.getAttribute("dir"), "auto");
  });
}

test("a printer with nothing but a status and a camera is shown", async () => {
  const house = new House();
  house.device("bare");
  house.entities("bare", {
    "sensor.status": "printing",
    "camera.webcam": ["idle", { entity_picture: "/api/camera_proxy/camera.x?token=1" }],
  });
  for (const config of [{}, { layout: "compact" as const }, { brief: true }]) {
    const shown = await Shown.of(house, "bare", config);
    assert.ok(shown.one("ha-card").classList.contains("printing"));
    assert.deepEqual(shown.buttons, []);
    assert.equal(shown.text("alert"), "");
    shown.remove();
  }
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
  const types = () => shown.all("li").map((li) => li.textContent!.match(/Print (\w+)/)![1]);
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
    assert.match(card.text("events"), new RegExp(`Print ${shown}`));
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
    "obico-printer-card-content": 1,
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
    "obico-printer-card-content": 1,
    "obico-printer-job": 1,
  });
});

test("another language draws everything anew", async () => {
  const { house, shown } = await show();
  const { localize } = house.hass;
  house.change({ localize: (...given) => localize(...given).toUpperCase() });
  await shown.refresh();

  assert.deepEqual(shown.buttons, ["PAUSE", "CANCEL PRINT"]);
});

test("names of states that are loaded later are shown at once", async () => {
  const { house, shown } = await show({ "sensor.status": "offline" });
  assert.match(shown.one(".status").textContent ?? "", /<offline>/);

  house.change({ formatEntityState: ({ state }) => `In words: ${state}` });
  await shown.refresh();

  assert.match(shown.one(".status").textContent ?? "", /In words: offline/);
});
