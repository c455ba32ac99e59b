import type { HassEntity, HomeAssistant, Locale } from "./hass";
import { languageOf } from "./language";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const SECONDS_BY_UNIT: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  min: MINUTE,
  h: HOUR,
  d: DAY,
};

// A language for each number format that a user can choose.
const LANGUAGE_BY_NUMBER_FORMAT: Readonly<Record<string, string>> = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
  none: "en-US",
};

/** Returns a number in the number format of the user. */
export function formatNumber(value: number, locale: Locale, digits = 0): string {
  const format = locale.number_format;
  const language =
    format === "system" ? undefined : (LANGUAGE_BY_NUMBER_FORMAT[format] ?? locale.language);
  return new Intl.NumberFormat(language, {
    maximumFractionDigits: digits,
    useGrouping: format !== "none",
  }).format(value);
}

const UNITS = ["kilobyte", "megabyte", "gigabyte"] as const;

/** Returns a size in bytes in the unit that suits it: 2.3 MB. */
export function formatBytes(bytes: number, locale: Locale): string {
  const rank = Math.min(UNITS.length, Math.max(1, Math.floor(Math.log10(bytes || 1) / 3)));
  const value = bytes / 1000 ** rank;
  return new Intl.NumberFormat(languageOf(locale), {
    style: "unit",
    unit: UNITS[rank - 1]!,
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}

/** Returns a measured value with its unit, rounded to some digits. */
export function formatMeasured(state: HassEntity, locale: Locale, digits = 0): string {
  return `${formatNumber(Number(state.state), locale, digits)} ${state.attributes["unit_of_measurement"] ?? ""}`.trim();
}

/** Returns the seconds of a duration sensor, whose unit the user can change. */
export function secondsOf(state: HassEntity): number | undefined {
  const unit = SECONDS_BY_UNIT[String(state.attributes["unit_of_measurement"])];
  const seconds = unit === undefined ? NaN : Number(state.state) * unit;
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** Returns a duration in its two largest units: 1 hr 12 min. */
export function formatDuration(seconds: number, locale: Locale): string {
  // Rounded up to whole minutes: seconds do not matter, and "0 min left" would be wrong.
  const minutes = Math.max(1, Math.ceil(seconds / MINUTE));
  const days = Math.floor(minutes / (24 * 60));
  const hours = Math.floor(minutes / 60) % 24;
  const all: [number, string][] =
    days > 0
      ? [
          [days, "day"],
          [hours, "hour"],
        ]
      : [
          [hours, "hour"],
          [minutes % 60, "minute"],
        ];
  const parts = all
    .filter(([count]) => count > 0)
    .map(([count, unit]) =>
      new Intl.NumberFormat(languageOf(locale), {
        style: "unit",
        unit,
        unitDisplay: "short",
      }).format(count),
    );
  return new Intl.ListFormat(languageOf(locale), { type: "unit", style: "narrow" }).format(parts);
}

interface FormattedHass {
  readonly locale: Locale;
  readonly config: Pick<HomeAssistant["config"], "time_zone">;
}

/** Returns the time of a moment, with the day where that is not today. */
export function formatMoment(moment: Date, hass: FormattedHass, now = new Date()): string {
  const zone: Intl.DateTimeFormatOptions =
    hass.locale.time_zone === "server" ? { timeZone: hass.config.time_zone } : {};
  const { time_format, language } = hass.locale;
  const day = new Intl.DateTimeFormat("en-CA", zone);
  const isToday = day.format(moment) === day.format(now);
  const isNear = Math.abs(moment.getTime() - now.getTime()) < 6 * DAY * 1000;
  // The clock is that of the user's language, also where the words are not.
  const { hourCycle } = new Intl.DateTimeFormat(time_format === "system" ? undefined : language, {
    hour: "numeric",
  }).resolvedOptions();
  return new Intl.DateTimeFormat(languageOf(hass.locale), {
    ...zone,
    hourCycle: time_format === "12" ? "h12" : time_format === "24" ? "h23" : hourCycle,
    ...(isToday ? {} : isNear ? { weekday: "short" } : { day: "numeric", month: "short" }),
    hour: "numeric",
    minute: "2-digit",
  }).format(moment);
}

/** Returns how long ago a moment was. */
export function formatAgo(moment: Date, locale: Locale, now = new Date()): string {
  const seconds = (now.getTime() - moment.getTime()) / 1000;
  const [unit, size]: [Intl.RelativeTimeFormatUnit, number] =
    seconds >= DAY ? ["day", DAY] : seconds >= HOUR ? ["hour", HOUR] : ["minute", MINUTE];
  // The clocks of server and browser differ; an event is never in the future.
  const count = Math.max(0, Math.floor(seconds / size));
  return new Intl.RelativeTimeFormat(languageOf(locale), {
    numeric: "auto",
    style: "short",
  }).format(-count, unit);
}
