import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { cwd } from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import {
  formatAgo,
  formatDuration,
  formatMeasured,
  formatMoment,
  formatNumber,
  secondsOf,
} from "../src/shared/format";
import type { HassEntity, Locale } from "../src/shared/hass";
import { LANGUAGES } from "../src/shared/language";

const ENGLISH: Locale = {
  language: "en",
  number_format: "language",
  time_format: "language",
  time_zone: "server",
};
const GERMAN: Locale = { ...ENGLISH, language: "de" };
const BERLIN = { time_zone: "Europe/Berlin", components: [] };
const NOW = new Date("2026-11-22T10:00:00Z");

function plain(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, " ");
}

function sensor(state: string, unit: string): HassEntity {
  return {
    entity_id: "sensor.x",
    state,
    attributes: { unit_of_measurement: unit },
    last_changed: "",
    last_updated: "",
  };
}

test("a duration has two units at most, and no seconds", () => {
  const durations: [number, string][] = [
    [0, "1 min"],
    [59, "1 min"],
    [61, "2 min"],
    [3600, "1 hr"],
    [4320, "1 hr 12 min"],
    [90_000, "1 day 1 hr"],
  ];
  for (const [seconds, expected] of durations) {
    assert.equal(plain(formatDuration(seconds, ENGLISH)), expected, String(seconds));
  }
  assert.equal(plain(formatDuration(4320, GERMAN)), "1 Std., 12 Min.");
});

test("who has a language without translation reads all of a sentence in English, by the own clock", () => {
  const folder = new URL("../custom_components/obico/translations/", pathToFileURL(`${cwd()}/`));
  const translated = readdirSync(folder).map((name) => name.replace(".json", ""));
  assert.deepEqual([...LANGUAGES].toSorted(), translated.toSorted());

  const moment = new Date("2026-11-20T14:30:00Z");
  for (const language of ["he", "fi", "nb", "de-CH"]) {
    const locale: Locale = { ...ENGLISH, language };
    assert.equal(plain(formatDuration(4320, locale)), "1 hr 12 mins", language);
    assert.equal(formatAgo(new Date("2026-11-22T09:00:00Z"), locale, NOW), "1 hr ago", language);
    assert.match(formatMoment(moment, { locale, config: BERLIN }, NOW), /^Fri,? 15:30$/, language);
  }
  const british: Locale = { ...ENGLISH, language: "en-GB" };
  assert.match(formatMoment(moment, { locale: british, config: BERLIN }, NOW), /^Fri,? 15:30$/);
  // Numbers are in the user's own format.
  assert.equal(plain(formatNumber(1234.5, { ...ENGLISH, language: "fi" }, 1)), "1 234,5");
});

test("a duration is understood in whatever unit the user wants to see it", () => {
  assert.equal(secondsOf(sensor("90", "s")), 90);
  assert.equal(secondsOf(sensor("1.5", "min")), 90);
  assert.equal(secondsOf(sensor("2", "h")), 7200);
  assert.equal(secondsOf(sensor("unknown", "h")), undefined);
  assert.equal(secondsOf(sensor("5", "parsec")), undefined);
});

test("numbers look as the user chose, whatever the language", () => {
  assert.equal(formatNumber(1234.5, ENGLISH, 1), "1,234.5");
  assert.equal(formatNumber(1234.5, GERMAN, 1), "1.234,5");
  assert.equal(formatNumber(1234.5, { ...GERMAN, number_format: "comma_decimal" }, 1), "1,234.5");
  assert.equal(formatNumber(1234.5, { ...ENGLISH, number_format: "none" }, 1), "1234.5");
});

test("a temperature has its unit, and no decimals", () => {
  assert.equal(formatMeasured(sensor("215.3", "°C"), ENGLISH), "215 °C");
  assert.equal(formatMeasured(sensor("419.5", "°F"), ENGLISH), "420 °F");
});

test("a time is the server's or the browser's, as the user chose", () => {
  const moment = new Date("2026-11-22T12:30:00Z");
  const twentyFour: Locale = { ...ENGLISH, time_format: "24" };

  assert.equal(formatMoment(moment, { locale: twentyFour, config: BERLIN }, NOW), "13:30");
  assert.equal(
    // The browser is 13 h 45 min ahead of UTC: there it is a quarter to midnight now.
    formatMoment(moment, { locale: { ...twentyFour, time_zone: "local" }, config: BERLIN }, NOW),
    "Mon 02:15",
  );
});

test("the clock has as many hours as the user chose", () => {
  const moment = new Date("2026-11-22T12:30:00Z");
  const shown = (locale: Locale) => plain(formatMoment(moment, { locale, config: BERLIN }, NOW));

  assert.equal(shown(ENGLISH), "1:30 PM");
  assert.equal(shown(GERMAN), "13:30");
  assert.equal(shown({ ...GERMAN, time_format: "12" }), "1:30 PM");
});

test("a time of another day says which", () => {
  const shown = (moment: string) =>
    formatMoment(new Date(moment), { locale: GERMAN, config: BERLIN }, NOW);

  assert.equal(shown("2026-11-23T07:05:00Z"), "Mo., 08:05");
  assert.equal(shown("2026-12-24T07:05:00Z"), "24. Dez., 8:05");
});

test("what happened is told by how long ago, and is never still to come", () => {
  const ago = (seconds: number) =>
    formatAgo(new Date(NOW.getTime() - seconds * 1000), ENGLISH, NOW);

  assert.equal(ago(-30), "this minute");
  assert.equal(ago(90), "1 min. ago");
  assert.equal(ago(2 * 3600 + 60), "2 hr. ago");
  assert.equal(ago(26 * 3600), "yesterday");
});
