/** Cards and parts whose code is loaded when it is first needed. */
import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";

import { loadOrTell } from "../src/shared/chunk";
import { define } from "../src/shared/define";
import type { HomeAssistant } from "../src/shared/hass";
import { LazyCard, lazyEditor } from "../src/shared/lazy-card";
import { House } from "./support/house";

interface Config {
  readonly title: string;
}

/** What the chunk of the card below defines. */
class Content extends HTMLElement {
  hass?: HomeAssistant;
  config?: Config;
  setConfig(config: Config): void {
    this.config = config;
  }
  getCardSize(): number {
    return 7;
  }
}

let loads: (() => Promise<unknown>)[] = [];
let asked = 0;

class Lazy extends LazyCard<Config> {
  protected override load(): Promise<unknown> {
    asked += 1;
    return loads.shift()!();
  }
  protected override check({ title }: Config): void {
    if (!title) throw new Error("title: missing");
  }
}
define("obico-lazy-card", Lazy);

const works = async () => define("obico-lazy-card-content", Content);
const isGone = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));

async function settled(): Promise<void> {
  for (let round = 0; round < 6; round += 1) await new Promise((done) => setTimeout(done));
}

function makeCard(): Lazy {
  const card = document.createElement("obico-lazy-card") as Lazy;
  card.setConfig({ title: "Prints" });
  card.hass = new House().hass;
  return card;
}

interface Told {
  readonly message: string;
  readonly action: { readonly text: string; readonly action: () => void };
}

function contentOf(card: Lazy): Content {
  return card.shadowRoot!.querySelector<Content>("obico-lazy-card-content")!;
}

afterEach(() => {
  document.body.replaceChildren();
  loads = [];
  asked = 0;
});

test("the code of a card is loaded when it is seen, and once", async () => {
  loads = [works];
  const card = makeCard();
  await settled();
  assert.equal(asked, 0);

  document.body.append(card);
  await settled();
  assert.equal(asked, 1);
  assert.deepEqual(contentOf(card).config, { title: "Prints" });

  card.hass = new House().hass;
  await settled();
  assert.equal(contentOf(card).hass, card.hass);
  assert.equal(asked, 1);
});

test("a card keeps its room until its code is there, then has the size of its content", async () => {
  loads = [works];
  const card = makeCard();
  assert.equal(card.getCardSize(), 4);
  document.body.append(card);
  await settled();
  assert.equal(card.getCardSize(), 7);
  assert.deepEqual(card.getGridOptions(), { columns: 12, min_columns: 6, rows: "auto" });
  assert.equal(card.hasAttribute("loading"), false);
});

test("another configuration is handed on, a wrong one is refused at once", async () => {
  loads = [works];
  const card = makeCard();
  document.body.append(card);
  await settled();
  card.setConfig({ title: "Events" });
  assert.deepEqual(contentOf(card).config, { title: "Events" });
  assert.throws(() => card.setConfig({ title: "" }), /title: missing/);
});

test("a card whose code an update took away says that the page has to be reloaded", async () => {
  loads = [isGone];
  const logged = mock.method(console, "error", () => {});
  const card = makeCard();
  document.body.append(card);
  await settled();
  assert.match(String(logged.mock.calls[0]!.arguments[0]), /Failed to fetch/);
  logged.mock.restore();
  const reload = mock.method(location, "reload", () => {});

  const notice = card.shadowRoot!.querySelector("obico-reload")!;
  assert.match(notice.shadowRoot!.textContent!, /Reload the page/);
  notice.shadowRoot!.querySelector("button")!.click();
  assert.equal(reload.mock.callCount(), 1);
  reload.mock.restore();

  // It goes on being a card.
  card.hass = new House().hass;
  await settled();
  assert.equal(asked, 1);
});

test("something opened whose code is gone is answered with a message", async () => {
  const { hass } = new House();
  const told: Told[] = [];
  const listen = (event: Event) => told.push((event as CustomEvent).detail);
  document.body.addEventListener("hass-notification", listen);

  assert.equal(await loadOrTell(document.body, hass, async () => 42), 42);
  assert.equal(told.length, 0);

  assert.equal(await loadOrTell(document.body, hass, isGone), undefined);
  document.body.removeEventListener("hass-notification", listen);
  assert.equal(told.length, 1);
  const { message, action } = told[0]!;
  assert.match(message, /Reload the page/);
  assert.equal(action.text, "Reload");
  const reload = mock.method(location, "reload", () => {});
  action.action();
  assert.equal(reload.mock.callCount(), 1);
  reload.mock.restore();
});

test("an editor whose code is gone is a notice that takes what an editor takes", async () => {
  define("obico-lazy-editor", class extends HTMLElement {});
  const editor = await lazyEditor("obico-lazy-editor", async () => {});
  assert.equal(editor.localName, "obico-lazy-editor");

  const notice = (await lazyEditor("obico-lazy-editor", isGone)) as unknown as Content;
  assert.equal(notice.localName, "obico-reload");
  notice.setConfig({ title: "Prints" });
});
