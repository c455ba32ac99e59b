import type { HomeAssistant } from "./hass";
import { secondsOf } from "./format";
import { byNeed, compareNames, need } from "./need";
import { isKnown, stateOf, type Printer } from "./printers";
import { viewOf } from "./seen";

/** The orders in which printers can be shown. */
export const SORTS = ["need", "time_left", "finished", "name"] as const;
export type Sort = (typeof SORTS)[number];

/** Returns printers in an order; those of equal rank by urgency. */
export function sorted(
  hass: HomeAssistant,
  printers: readonly Printer[],
  sort: Sort,
): readonly Printer[] {
  if (sort === "name") return printers.toSorted(compareNames(hass));
  const order = byNeed(hass, printers);
  const rankOf = { need: undefined, time_left: secondsLeft, finished: sinceFinished }[sort];
  if (!rankOf) return order;
  return order
    .map((printer) => ({ printer, rank: rankOf(viewOf(hass, printer).hass, printer) }))
    .sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank))
    .map(({ printer }) => printer);
}

/** Returns the seconds that are left of a print; Infinity without one. */
function secondsLeft(hass: HomeAssistant, printer: Printer): number {
  const remaining = stateOf(hass, printer, "sensor.time_remaining");
  return (isKnown(remaining) ? secondsOf(remaining) : undefined) ?? Infinity;
}

/** Returns a rank by which the print that was finished last comes first; Infinity without one. */
function sinceFinished(hass: HomeAssistant, printer: Printer): number {
  const result = stateOf(hass, printer, "sensor.last_print_result");
  const end = stateOf(hass, printer, "sensor.last_print_end");
  const isDone = need(hass, printer) === "idle" && result?.state === "finished" && isKnown(end);
  return isDone ? -Date.parse(end.state) : Infinity;
}
