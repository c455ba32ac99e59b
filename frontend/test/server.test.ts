/** What is shown while the server, or the push connection, is gone. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import type { PrintersCard } from "../src/strategy/printers-card";
import { PRINTERS_CARD } from "../src/strategy/config";
import { contentTag } from "../src/shared/lazy-card";
import "../src/card/printer-card";
import "../src/strategy/printers-card";
import { House, OFFLINE } from "./support/house";
import { Shown } from "./support/shown";

afterEach(() => document.body.replaceChildren());

const SINCE = "2026-11-22T08:04:00.000+00:00";

let count = 0;

/** A house with printers of an account; other ones in each test, for what was seen is kept in mind. */
function houseOf(size: number): { house: House; names: string[] } {
  const house = new House();
  const names = Array.from({ length: size }, () => `Printer ${(count += 1)}`);
  house.device("account", {
    entry_type: "service",
    configuration_url: "https://obico.example:3334/",
  });
  house.entities("account", { "binary_sensor.server": ["on", { since: SINCE, push: true }] });
  for (const name of names) {
    house.printer(name);
    house.device(name, { via_device_id: "account" });
  }
  return { house, names };
}

function loseServer(house: House, names: readonly string[]): void {
  house.update("account", { "binary_sensor.server": ["off", { since: SINCE, push: false }] });
  loseEntities(house, names);
}

function loseEntities(house: House, names: readonly string[]): void {
  for (const name of names) {
    const ids = Object.values(house.hass.entities).filter(({ device_id }) => device_id === name);
    for (const { entity_id } of ids) house.set(entity_id, "unavailable");
  }
}

test("while the server is down a card shows what was seen last, and since when", async () => {
  const { house, names } = houseOf(1);
  const [name] = names as [string];
  const shown = await Shown.of(house, name);

  loseServer(house, names);
  await shown.refresh();

  assert.ok(shown.one("ha-card").classList.contains("past"));
  assert.ok(shown.one("ha-card").classList.contains("printing"));
  assert.match(shown.text("job"), /benchy\.gcode <42\.4>/);
  assert.match(shown.text("temperatures"), /Nozzle 215 °C/);
  assert.match(
    shown.text("notice"),
    /^obico\.example:3334 has been unreachable since .*9:04.* What is shown was seen before\.$/,
  );
  // What cannot arrive is not offered.
  assert.deepEqual(shown.buttons, []);

  house.update("account", { "binary_sensor.server": ["on", { since: SINCE, push: true }] });
  house.update(name, { "sensor.status": "printing", "sensor.file": "vase.gcode" });
  await shown.refresh();
  assert.match(shown.text("job"), /vase\.gcode/);
  assert.equal(shown.one("ha-card").classList.contains("past"), false);
  assert.equal(shown.text("notice"), "");
});

test("entities that are lost before the status are shown as they were, too", async () => {
  const { house, names } = houseOf(1);
  const [name] = names as [string];
  const shown = await Shown.of(house, name);

  house.update(name, { "sensor.file": "unavailable", "sensor.nozzle_temperature": "unavailable" });
  await shown.refresh();
  loseServer(house, names);
  await shown.refresh();

  assert.match(shown.text("job"), /benchy\.gcode/);
  assert.match(shown.text("temperatures"), /Nozzle 215 °C/);
});

test("what was unavailable long before the server went is not shown", async () => {
  const { house, names } = houseOf(1);
  const [name] = names as [string];
  const shown = await Shown.of(house, name);
  const id = house.id(name, "sensor.nozzle_temperature");
  house.set(id, "unavailable");
  const long_ago = new Date(Date.now() - 3_600_000).toISOString();
  const lost = { ...house.hass.states[id]!, last_changed: long_ago };
  house.change({ states: { ...house.hass.states, [id]: lost } });
  await shown.refresh();

  loseServer(house, names);
  await shown.refresh();

  assert.doesNotMatch(shown.text("temperatures"), /Nozzle/);
});

test("after a reload of the page the history tells what was shown", async () => {
  const { house, names } = houseOf(1);
  const [name] = names as [string];
  const before = house.hass.states;
  loseServer(house, names);
  let asked: string[] = [];
  house.history = async (ids) => {
    asked = ids;
    return Object.fromEntries(
      ids.map((id) => [id, [{ s: before[id]!.state, a: before[id]!.attributes, lu: 1 }]]),
    );
  };
  const shown = await Shown.of(house, name);

  assert.ok(asked.includes(house.id(name, "sensor.status")));
  assert.match(shown.text("job"), /benchy\.gcode/);
  assert.ok(shown.one("ha-card").classList.contains("printing"));
});

test("where nothing was ever seen the card says that the server is unreachable", async () => {
  const { house, names } = houseOf(1);
  loseServer(house, names);
  const shown = await Shown.of(house, names[0]!);

  assert.ok(shown.one("ha-card").classList.contains("unreachable"));
  assert.match(shown.one(".status").textContent ?? "", /Server unreachable/);
});

test("without an entity for the server the card still tells it from a printer that is off", async () => {
  const house = new House();
  house.printer("lonely");
  const shown = await Shown.of(house, "lonely");

  loseEntities(house, ["lonely"]);
  await shown.refresh();
  assert.match(shown.text("notice"), /^No news from Obico since/);
  assert.match(shown.text("job"), /benchy\.gcode/);

  house.update("lonely", { "sensor.status": "offline" });
  await shown.refresh();
  assert.ok(shown.one("ha-card").classList.contains("offline"));
  assert.equal(shown.text("notice"), "");
});

test("a printer that is switched off is offline, with the server in reach", async () => {
  const { house, names } = houseOf(1);
  house.update(names[0]!, OFFLINE);
  const shown = await Shown.of(house, names[0]!);

  assert.ok(shown.one("ha-card").classList.contains("offline"));
  assert.equal(shown.text("notice"), "");
});

test("a lost push connection is told, and everything can be used", async () => {
  const { house, names } = houseOf(1);
  house.update("account", { "binary_sensor.server": ["on", { since: SINCE, push: false }] });
  const shown = await Shown.of(house, names[0]!);

  assert.match(shown.text("notice"), /^No live updates from obico\.example:3334/);
  assert.deepEqual(shown.buttons, ["Pause", "Cancel print"]);
});

// Above all printers

async function overviewOf(house: House): Promise<PrintersCard> {
  const card = document.createElement(contentTag(PRINTERS_CARD)) as PrintersCard;
  card.setConfig({ type: `custom:${PRINTERS_CARD}` });
  card.hass = house.hass;
  document.body.append(card);
  await settled();
  return card;
}

async function settled(): Promise<void> {
  for (let round = 0; round < 6; round += 1) await new Promise((done) => setTimeout(done));
}

function bannerOf(card: PrintersCard): string {
  const banner = card.shadowRoot!.querySelector("obico-server-banner")!;
  return [...banner.shadowRoot!.querySelectorAll("span")].map((line) => line.textContent).join("|");
}

test("one banner names the server, and the printers stay where they were", async () => {
  const { house, names } = houseOf(3);
  house.update(names[2]!, { "binary_sensor.failure_detected": "on" });
  const card = await overviewOf(house);
  assert.equal(bannerOf(card), "");
  const order = () =>
    [...card.shadowRoot!.querySelectorAll("obico-printer-card-content")].map((each) =>
      each.shadowRoot!.querySelector("h2")!.textContent!.trim(),
    );
  const before = order();

  loseServer(house, names);
  card.hass = house.hass;
  await settled();

  assert.match(bannerOf(card), /^obico\.example:3334 has been unreachable since [^|]*$/);
  assert.deepEqual(order(), before);
  assert.equal(order()[0], names[2]);
});

/** Returns the banner of an account with this name whose server is gone, beside another account. */
async function bannerBesideAnother(name: string): Promise<string> {
  const { house, names } = houseOf(1);
  house.device("account", {
    entry_type: "service",
    configuration_url: "https://obico.example:3334/",
    name,
  });
  house.device("other", { entry_type: "service", configuration_url: "https://app.obico.io/" });
  house.printer("other printer");
  house.device("other printer", { via_device_id: "other" });
  loseServer(house, names);
  return bannerOf(await overviewOf(house));
}

test("of two accounts the banner says whose server is gone", async () => {
  assert.match(await bannerBesideAnother("Workshop"), /^obico\.example:3334 \(Workshop\) has been/);
});

test("the banner says the host of an account once, also where its name has it", async () => {
  assert.match(
    await bannerBesideAnother("Alex (obico.example:3334)"),
    /^Alex \(obico\.example:3334\) has been/,
  );
});

test("while live updates still arrive, the banner says that only the server does not answer", async () => {
  const { house } = houseOf(2);
  house.update("account", { "binary_sensor.server": ["off", { since: SINCE, push: true }] });

  assert.match(bannerOf(await overviewOf(house)), /^obico\.example:3334 has not answered since/);
});

test("of a lost push connection the banner tells once", async () => {
  const { house } = houseOf(3);
  house.update("account", { "binary_sensor.server": ["on", { since: SINCE, push: false }] });

  assert.match(bannerOf(await overviewOf(house)), /^No live updates from [^|]*$/);
});
