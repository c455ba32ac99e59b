/** The events of a printer as its server tells them. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { EVENTS_CARD } from "../src/strategy/config";
import type { EventsCard } from "../src/strategy/events-card";
import { contentTag } from "../src/shared/lazy-card";
import "../src/strategy/events-card";
import { House } from "./support/house";

afterEach(() => document.body.replaceChildren());

async function settled(): Promise<void> {
  for (let round = 0; round < 8; round += 1) await new Promise((done) => setTimeout(done));
}

const EVENTS = [
  { id: 5, type: "started", title: "Print Started", created_at: "2026-11-21T08:00:00Z" },
  {
    id: 7,
    type: "printer_error",
    title: "OctoPrint Error",
    text: "Thermal Runaway, system stopped!",
    created_at: "2026-11-21T10:00:00Z",
    picture: "/api/obico/events/entry/7/picture",
  },
  {
    id: 6,
    type: "ended",
    outcome: "cancelled",
    file: "vase.gcode",
    created_at: "2026-11-21T09:00:00Z",
  },
];

type Message = Readonly<Record<string, unknown>>;

async function cardOf(
  answer: (message: Message) => Promise<unknown>,
  event?: Parameters<House["printer"]>[1],
): Promise<{ house: House; lines: () => string[]; card: EventsCard; asked: Message[] }> {
  const house = new House();
  house.printer("Voron", event ?? { "event.printer_event": "unknown" });
  const asked: Message[] = [];
  house.change({
    callWS: (async (message: Message) => {
      asked.push(message);
      return answer(message);
    }) as never,
  });
  const card = document.createElement(contentTag(EVENTS_CARD)) as EventsCard;
  card.setConfig({ type: `custom:${EVENTS_CARD}`, device_id: "Voron" });
  card.hass = house.hass;
  document.body.append(card);
  await settled();
  const part = () => card.shadowRoot!.querySelector("obico-printer-events")!.shadowRoot!;
  const lines = () =>
    [...part().querySelectorAll("li, p")].map((line) =>
      line.querySelector(".what")
        ? line.querySelector(".what")!.textContent!.replace(/\s+/g, " ").trim()
        : line.textContent!.trim(),
    );
  return { house, lines, card, asked };
}

const served = async (message: Message) =>
  message["type"] === "call_service"
    ? { response: { events: EVENTS } }
    : { path: "/api/obico/events/entry/7/picture?authSig=x" };

test("the latest comes first, errors in their own words, ends by how they ended", async () => {
  const { lines, asked } = await cardOf(served);

  assert.deepEqual(lines(), [
    "Printer error OctoPrint Error: Thermal Runaway, system stopped!",
    "Print cancelled vase.gcode",
    "Print started",
  ]);
  const [call] = asked;
  assert.equal(call!["service"], "get_events");
  assert.deepEqual((call!["service_data"] as Message)["device_id"], ["Voron"]);
});

test("an event with a picture shows it, and opens it in full", async () => {
  const { card } = await cardOf(served);

  const links = card
    .shadowRoot!.querySelector("obico-printer-events")!
    .shadowRoot!.querySelectorAll("a");
  assert.equal(links.length, 1);
  assert.equal(links[0]!.getAttribute("href"), "/api/obico/events/entry/7/picture?authSig=x");
  assert.match(links[0]!.querySelector("img")!.alt, /^Print(er)? \w+: Picture of .*Voron$/);
});

test("a picture that the server does not give leaves no broken one", async () => {
  const { lines, card } = await cardOf(served);
  const part = card.shadowRoot!.querySelector("obico-printer-events")!.shadowRoot!;

  part
    .querySelector("img")!
    .dispatchEvent(new window.Event("error") as unknown as globalThis.Event);
  await settled();

  assert.equal(part.querySelector("img"), null);
  assert.equal(part.querySelector("a"), null);
  assert.equal(lines().length, 3);
});

test("a picture that cannot be loaded leaves its event", async () => {
  // Another path: signed ones are kept.
  const events = EVENTS.map((event) => ({
    ...event,
    picture: "/api/obico/events/entry/8/picture",
  }));
  const { lines, card } = await cardOf(async (message) => {
    if (message["type"] !== "call_service") throw new Error("gone");
    return { response: { events } };
  });

  assert.equal(lines().length, 3);
  const part = card.shadowRoot!.querySelector("obico-printer-events")!;
  assert.ok(part.shadowRoot!.querySelector("img") === null);
});

test("what happens from now on comes on top, and the server is not asked again", async () => {
  const { house, lines, card, asked } = await cardOf(served);
  const calls = asked.length;

  house.update("Voron", {
    "event.printer_event": [
      new Date().toISOString(),
      { event_type: "paused", event_id: 8, file: "benchy.gcode" },
    ],
  });
  card.hass = house.hass;
  await settled();

  assert.equal(lines()[0], "Print paused benchy.gcode");
  assert.equal(asked.length, calls);
});

test("an event that both tell stands there once", async () => {
  const { lines } = await cardOf(served, {
    "event.printer_event": ["2026-11-21T10:00:01Z", { event_type: "printer_error", event_id: 7 }],
  });

  assert.equal(lines().filter((line) => line.startsWith("Printer error")).length, 1);
});

test("without events it says so, and so it does when the server cannot tell", async () => {
  for (const answer of [
    async () => ({ response: { events: [] } }),
    async () => {
      throw new Error("lost");
    },
  ]) {
    const { lines } = await cardOf(answer);
    assert.deepEqual(lines(), ["Nothing has happened yet."]);
    document.body.replaceChildren();
  }
});
