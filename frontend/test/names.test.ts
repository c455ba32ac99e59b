/** What entities are called where the user has another language than the system. */
import assert from "node:assert/strict";
import { test } from "node:test";

import english from "../../custom_components/obico/translations/en.json";
import german from "../../custom_components/obico/translations/de.json";
import type { Localize } from "../src/shared/hass";
import { entityNames } from "../src/shared/names";
import { printerOf } from "../src/shared/printers";
import { House } from "./support/house";

type Names = Readonly<Record<string, { readonly name?: string }>>;

function resourcesOf(texts: { entity: object }): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts.entity as Readonly<Record<string, Names>>).flatMap(([domain, keys]) =>
      Object.entries(keys).flatMap(([key, { name }]) =>
        name ? [[`component.obico.entity.${domain}.${key}.name`, name]] : [],
      ),
    ),
  );
}

const GERMAN = { ...resourcesOf(german), "component.obico.config_panel.card.nozzle": "Düse" };

const localize: Localize = (key, values = {}) =>
  (GERMAN as Record<string, string>)[key]?.replace(/\{(\w+)\}/g, (_, name: string) =>
    String(values[name]),
  ) ?? key;

/** A house whose system speaks English, as seen by somebody who speaks German. */
function house(): House {
  const all = new House();
  all.printer("Voron", {
    "sensor.nozzle_n_temperature": ["200", { heater: "tool1" }],
    "sensor.heater_temperature": ["48", { heater: "raspberry_pi" }],
  });
  all.change({
    language: "de",
    localize,
    callWS: (async ({ language, category }: Record<string, unknown>) => {
      assert.deepEqual([language, category], ["en", "entity"]);
      return { resources: resourcesOf(english) };
    }) as never,
  });
  return all;
}

async function nameOf(all: House, key: string, name: string | null): Promise<unknown> {
  const id = all.id("Voron", key);
  all.change({ entities: { ...all.hass.entities, [id]: { ...all.hass.entities[id]!, name } } });
  const names = await entityNames(all.hass, printerOf(all.hass, "Voron"));
  return names(id);
}

test("a name that the integration gave is told in the user's language", async () => {
  const all = house();
  assert.equal(
    await nameOf(all, "sensor.bed_temperature", "Bed temperature"),
    "Temperatur Druckbett",
  );
  assert.equal(await nameOf(all, "button.pause", "Pause print"), german.entity.button.pause.name);
});

test("a name with something to fill in keeps what it is filled with", async () => {
  const all = house();
  const told = await nameOf(all, "sensor.nozzle_n_temperature", "Nozzle 2 temperature");
  assert.equal(told, "Temperatur Düse 2");
  assert.match(
    String(await nameOf(all, "sensor.heater_temperature", "raspberry pi temperature")),
    /raspberry pi/,
  );
});

test("a name that somebody gave stays, in whatever language it is", async () => {
  assert.equal(await nameOf(house(), "sensor.bed_temperature", "Hot plate"), "Hot plate");
});

test("an entity without a name is left to Home Assistant", async () => {
  assert.deepEqual(await nameOf(house(), "sensor.bed_temperature", null), { type: "entity" });
});

test("in the system's own language nobody is asked", async () => {
  const all = house();
  all.change({ language: "en", callWS: (async () => assert.fail("asked")) as never });
  assert.equal(await nameOf(all, "sensor.bed_temperature", "Bed temperature"), "Bed temperature");
});
