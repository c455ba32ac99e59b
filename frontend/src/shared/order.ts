import type { HomeAssistant } from "./hass";
import { secondsOf } from "./format";
import { byNeed, compareNames, need } from "./need";
import { isKnown, stateOf, type Printer } from "./printers";
import { viewOf } from "./seen";

/** The orders in which printers can be shown. */
export const SORTS = ["need", "time_left", "finished", "name"] as const;
export type Sort = (typeof SORTS)[number];

/** Returns printers in an order; those that are equal in it, as they need somebody. */
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

/** Returns how long a print goes on; without one, it never ends. */
function secondsLeft(hass: HomeAssistant, printer: Printer): number {
  const remaining = stateOf(hass, printer, "sensor.time_remaining");
  return (isKnown(remaining) ? secondsOf(remaining) : undefined) ?? Infinity;
}

/** Returns how long ago the print was finished that may still lie on the bed. */
function sinceFinished(hass: HomeAssistant, printer: Printer): number {
  const result = stateOf(hass, printer, "sensor.last_print_result");
  const end = stateOf(hass, printer, "sensor.last_print_end");
  const isDone = need(hass, printer) === "idle" && result?.state === "finished" && isKnown(end);
  return isDone ? -Date.parse(end.state) : Infinity;
}
