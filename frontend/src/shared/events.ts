import type { HomeAssistant } from "./hass";
import { getResponse } from "./response";

/** An event of a printer; `state` is the time at which it was fired. */
export interface PrinterEvent {
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface HistoryRow {
  readonly s: string;
  readonly a?: Readonly<Record<string, unknown>>;
}

const DAYS = 7;

export const EVENT_ICONS: Readonly<Record<string, string>> = {
  started: "mdi:play",
  ended: "mdi:flag-checkered",
  paused: "mdi:pause",
  resumed: "mdi:play-pause",
  failure_alerted: "mdi:alert-octagon",
  alert_muted: "mdi:bell-off",
  alert_unmuted: "mdi:bell",
  filament_change: "mdi:hand-back-right",
  printer_error: "mdi:alert",
};

/** Returns the events of the last days from the history; none without the history integration. */
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
    // The connection to Home Assistant was lost; new events are shown anyway.
    return [];
  }
}

/** An event in the answer of the action `obico.get_events`. */
interface ServerEvent {
  readonly id: number;
  readonly type: string;
  readonly title: string | null;
  readonly text: string | null;
  readonly created_at: string;
  readonly outcome?: string | null;
  readonly file?: string | null;
  /** The path of the picture in Home Assistant. */
  readonly picture?: string | null;
}

/** Returns the last events from the server, also those from before the integration was set up. */
export async function loadServerEvents(
  hass: HomeAssistant,
  deviceId: string,
  limit: number,
): Promise<readonly PrinterEvent[]> {
  const { events } = await getResponse<{ events: readonly ServerEvent[] }>(hass, "get_events", {
    device_id: [deviceId],
    limit,
  });
  return events.map(({ id, type, created_at, ...attributes }) => ({
    state: created_at,
    attributes: { ...attributes, event_id: id, event_type: type },
  }));
}

/** Returns the newest events without duplicates, latest first. */
export function newest(events: readonly PrinterEvent[], most: number): readonly PrinterEvent[] {
  const byId = new Map<unknown, PrinterEvent>();
  for (const event of events) {
    const id = event.attributes["event_id"];
    // Rows without an id are from times at which the entity was unknown or unavailable.
    if (id !== undefined && !byId.has(id)) byId.set(id, event);
  }
  return [...byId.values()]
    .sort((a, b) => Date.parse(b.state) - Date.parse(a.state) || idOf(b) - idOf(a))
    .slice(0, most);
}

function idOf(event: PrinterEvent): number {
  return Number(event.attributes["event_id"]);
}
