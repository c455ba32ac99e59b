import type { HomeAssistant } from "./hass";
import { isKnown, isOn, nameOf, stateOf, type Printer } from "./printers";

/** How much a printer needs somebody, most first. */
export const NEEDS = ["failing", "attention", "printing", "idle", "offline"] as const;
export type Need = (typeof NEEDS)[number];

const NEED_BY_STATUS: Readonly<Record<string, Need>> = {
  error: "failing",
  offline: "offline",
  disconnected: "offline",
  connecting: "idle",
  idle: "idle",
  unknown_state: "idle",
};

/** Returns how much a printer needs somebody. */
export function need(hass: HomeAssistant, printer: Printer): Need {
  if (isOn(hass, printer, "binary_sensor.failure_detected")) return "failing";
  if (isOn(hass, printer, "binary_sensor.problem")) return "failing";
  const status = stateOf(hass, printer, "sensor.status");
  if (!isKnown(status)) return "offline";
  if (isOn(hass, printer, "binary_sensor.attention")) return "attention";
  // All others are stages of a print, a paused one too.
  return NEED_BY_STATUS[status.state] ?? "printing";
}

/** Returns printers in the order in which they need somebody; of equal need, by name. */
export function byNeed(hass: HomeAssistant, printers: readonly Printer[]): readonly Printer[] {
  const compare = new Intl.Collator(hass.locale.language, { numeric: true }).compare;
  return printers
    .map((printer) => ({ printer, rank: NEEDS.indexOf(need(hass, printer)) }))
    .sort((a, b) => a.rank - b.rank || compare(nameOf(a.printer), nameOf(b.printer)))
    .map(({ printer }) => printer);
}
