import type { HomeAssistant } from "./hass";

/** An event of a printer: `state` is when it was fired. */
export interface PrinterEvent {
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface HistoryRow {
  readonly s: string;
  readonly a?: Readonly<Record<string, unknown>>;
}

const DAYS = 7;

/** Returns the events of the last days; nothing where Home Assistant keeps no history. */
export async function loadEvents(
  hass: HomeAssistant,
  entityId: string,
): Promise<readonly PrinterEvent[]> {
  if (!hass.config.components.includes("history")) return [];
  const start = new Date(Date.now() - DAYS * 24 * 60 * 60 * 1000);
  try {
    const history = await hass.callWS<Record<string, readonly HistoryRow[]>>({
      type: "history/history_during_period",
      start_time: start.toISOString(),
      entity_ids: [entityId],
      minimal_response: false,
      no_attributes: false,
      significant_changes_only: false,
    });
    return (history[entityId] ?? []).map(({ s, a }) => ({ state: s, attributes: a ?? {} }));
  } catch {
    // The connection went; what happens from now on is shown all the same.
    return [];
  }
}

/** Returns the newest events, each one once, the latest first. */
export function newest(events: readonly PrinterEvent[], most: number): readonly PrinterEvent[] {
  const byId = new Map<unknown, PrinterEvent>();
  for (const event of events) {
    const id = event.attributes["event_id"];
    // A row without is no event: the entity was unknown or unavailable.
    if (id !== undefined && !byId.has(id)) byId.set(id, event);
  }
  return [...byId.values()]
    .sort((a, b) => Date.parse(b.state) - Date.parse(a.state) || idOf(b) - idOf(a))
    .slice(0, most);
}

function idOf(event: PrinterEvent): number {
  return Number(event.attributes["event_id"]);
}
