import type { HomeAssistant } from "./hass";
import { isKnown, isOn, nameOf, stateOf, type Printer } from "./printers";
import { viewOf } from "./seen";

/** The groups of printers by urgency, most urgent first. */
export const NEEDS = [
  "failing",
  "attention",
  "paused",
  "printing",
  "idle",
  "unreachable",
  "offline",
] as const;
export type Need = (typeof NEEDS)[number];

const NEED_BY_STATUS: Readonly<Record<string, Need>> = {
  error: "failing",
  unknown_state: "attention",
  pausing: "paused",
  paused: "paused",
  idle: "idle",
  offline: "offline",
  disconnected: "offline",
  connecting: "offline",
};

/** The entities that tell whether a print fails. */
export const FAILURE_KEYS = [
  "binary_sensor.failure_detected",
  "binary_sensor.watching",
  "sensor.failure_level",
  "sensor.not_watching_reason",
] as const;

/** Whether the AI watches a print now. Either of the two entities may be disabled. */
export function isWatched(hass: HomeAssistant, printer: Printer): boolean {
  return (
    isOn(hass, printer, "binary_sensor.watching") ||
    stateOf(hass, printer, "sensor.not_watching_reason")?.state === "watching"
  );
}

/** Whether a print fails: an alert is open, or the level is failing and was not answered as "not a failure". */
export function isFailing(hass: HomeAssistant, printer: Printer): boolean {
  const alert = stateOf(hass, printer, "binary_sensor.failure_detected");
  if (alert?.state === "on") return true;
  const answer = alert?.attributes["answer"];
  // Without the attribute the answer is unknown, and only an open alert counts.
  if (answer === undefined || answer === "not_failed") return false;
  return (
    isWatched(hass, printer) && stateOf(hass, printer, "sensor.failure_level")?.state === "failing"
  );
}

/** Whether a printer was lost during a print, with which it may go on. */
export function isOfflineInPrint(hass: HomeAssistant, printer: Printer): boolean {
  return (
    stateOf(hass, printer, "sensor.status")?.state === "offline" &&
    (isKnown(stateOf(hass, printer, "sensor.file")) ||
      stateOf(hass, printer, "sensor.not_watching_reason")?.state === "offline")
  );
}

/** Whether the other entities tell that a print stands still, for a printer whose status sensor is disabled. */
export function isStoppedInPrint(hass: HomeAssistant, printer: Printer): boolean {
  return (
    stateOf(hass, printer, "sensor.status") === undefined &&
    stateOf(hass, printer, "binary_sensor.printing")?.state === "off" &&
    (isKnown(stateOf(hass, printer, "sensor.file")) ||
      stateOf(hass, printer, "sensor.not_watching_reason")?.state === "paused")
  );
}

/** Returns the group of a printer. */
export function need(current: HomeAssistant, printer: Printer): Need {
  const { hass, isKnown: isSeen } = viewOf(current, printer);
  if (!isSeen) return "unreachable";
  if (isFailing(hass, printer)) return "failing";
  if (isOn(hass, printer, "binary_sensor.problem")) return "failing";
  const status = stateOf(hass, printer, "sensor.status");
  if (status && !isKnown(status)) return "offline";
  if (isOn(hass, printer, "binary_sensor.attention")) return "attention";
  if (isOfflineInPrint(hass, printer)) return "attention";
  if (!status) return withoutStatus(hass, printer);
  // In all other statuses a printer is at work.
  return NEED_BY_STATUS[status.state] ?? "printing";
}

/** Returns the group of a printer whose status sensor is disabled. */
function withoutStatus(hass: HomeAssistant, printer: Printer): Need {
  if (isOn(hass, printer, "binary_sensor.printing")) return "printing";
  if (isStoppedInPrint(hass, printer)) return "paused";
  return stateOf(hass, printer, "binary_sensor.online")?.state === "off" ? "offline" : "idle";
}

/** Returns printers sorted by urgency, then by name. */
export function byNeed(hass: HomeAssistant, printers: readonly Printer[]): readonly Printer[] {
  const compare = compareNames(hass);
  return printers
    .map((printer) => ({ printer, rank: NEEDS.indexOf(need(hass, printer)) }))
    .sort((a, b) => a.rank - b.rank || compare(a.printer, b.printer))
    .map(({ printer }) => printer);
}

/** Returns a comparison of printers by name; numbers in names compare by value. */
export function compareNames(hass: HomeAssistant): (a: Printer, b: Printer) => number {
  const { compare } = new Intl.Collator(hass.locale.language, { numeric: true });
  return (a, b) => compare(nameOf(a), nameOf(b));
}
