import type { Locale } from "./hass";

/** The languages of `translations/`. */
export const LANGUAGES: readonly string[] =
  "ca cs da de en es fr hu it ja ko nl pl pt pt-BR ru sv tr uk zh-Hans zh-Hant".split(" ");

// English with the clock and the order of dates that most of the world has.
const FALLBACK = "en-GB";

/**
 * Returns the language of the integration's texts, for the words of durations, dates and lists that stand in them.
 *
 * It is English for who has a language without translation: two languages in one sentence, of which one may run from
 * right to left, cannot be read.
 */
export function languageOf({ language }: Locale): string {
  return LANGUAGES.includes(language) || language.startsWith("en-") ? language : FALLBACK;
}
