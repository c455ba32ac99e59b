/**
 * The last known states of printers whose server cannot be reached.
 *
 * Home Assistant does not keep the last state of an unavailable entity. States are stored here while the page is
 * open; after a reload they are read from the history.
 */
import type { HassEntity, HomeAssistant } from "./hass";
import type { Printer } from "./printers";
import { unknownSince } from "./server";

/** The states that the card of a printer shows. */
export interface View {
  /** `hass` with the last known states of the printer while the present ones are unavailable. */
  readonly hass: HomeAssistant;
  /** The time of the last known states; undefined if the present ones are shown. */
  readonly asOf: Date | undefined;
  /** Whether there are any states to show. */
  readonly isKnown: boolean;
}

interface Seen {
  readonly now: HassEntity;
  readonly before: HassEntity | undefined;
}

// All entities of a printer become unavailable within this time, not in one update.
const SPREAD_MS = 10_000;
// The history is read from this long before the entities became unavailable.
const BEFORE_MS = 1_000;

const seen = new Map<string, Seen>();
const askedFor = new Set<string>();

/** Stores the present states of a printer. */
export function remember(hass: HomeAssistant, printer: Printer): void {
  if (unknownSince(hass, printer)) return;
  askedFor.delete(printer.device.id);
  for (const id of printer.entityIds) {
    const state = hass.states[id];
    const known = seen.get(id);
    if (state && state !== known?.now) seen.set(id, { now: state, before: known?.now });
  }
}

/** Returns the present states of a printer, or the last known ones if they are unavailable. */
export function viewOf(hass: HomeAssistant, printer: Printer): View {
  const asOf = unknownSince(hass, printer);
  if (!asOf) return { hass, asOf, isKnown: true };
  const overlay: Record<string, HassEntity> = {};
  for (const id of printer.entityIds) {
    const state = lastOf(hass, id);
    if (state) overlay[id] = state;
  }
  return {
    hass: { ...hass, states: Object.assign(Object.create(hass.states), overlay) },
    asOf,
    isKnown: Object.keys(overlay).length > 0,
  };
}

function lastOf(hass: HomeAssistant, id: string): HassEntity | undefined {
  const known = seen.get(id);
  const lost = hass.states[id];
  if (!known?.before || !lost || known.now.state !== "unavailable") return known?.now;
  // It became unavailable together with the status; the state before is the last known one.
  const passed = Date.parse(lost.last_changed) - Date.parse(known.now.last_changed);
  return Math.abs(passed) < SPREAD_MS ? known.before : known.now;
}

interface HistoryRow {
  readonly s: string;
  readonly a?: Readonly<Record<string, unknown>>;
  readonly lu?: number;
}

/** Reads the states that this page has not seen from the history; returns whether any was found. */
export async function recall(hass: HomeAssistant, printer: Printer): Promise<boolean> {
  const asOf = unknownSince(hass, printer);
  const missing = printer.entityIds.filter((id) => !seen.has(id));
  const { id: device } = printer.device;
  if (!asOf || missing.length === 0 || askedFor.has(device)) return false;
  askedFor.add(device);
  if (!hass.config.components.includes("history")) return false;
  const at = new Date(asOf.getTime() - BEFORE_MS);
  try {
    const history = await hass.callWS<Record<string, readonly HistoryRow[]>>({
      type: "history/history_during_period",
      start_time: at.toISOString(),
      end_time: asOf.toISOString(),
      entity_ids: missing,
      minimal_response: false,
      no_attributes: false,
      significant_changes_only: false,
    });
    const found = missing.filter((id) => {
      const row = history[id]?.findLast(({ s }) => s !== "unavailable");
      if (!row || seen.has(id)) return false;
      const when = new Date(row.lu ? row.lu * 1000 : at).toISOString();
      const state = {
        entity_id: id,
        state: row.s,
        attributes: row.a ?? {},
        last_changed: when,
        last_updated: when,
      };
      seen.set(id, { now: state, before: undefined });
      return true;
    });
    return found.length > 0;
  } catch {
    // The connection to Home Assistant was lost; try again later.
    askedFor.delete(device);
    return false;
  }
}
