import type { HomeAssistant } from "./hass";
import { isOfflineInPrint, isStoppedInPrint, need, type Need } from "./need";
import { isOn, stateOf, type Printer } from "./printers";
import { text } from "./texts";

/** The status of a printer in words, with its icon and group. */
export interface Status {
  readonly need: Need;
  readonly words: string;
  readonly icon: string;
}

const ICONS: Readonly<Record<Need, string>> = {
  failing: "mdi:alert-octagon",
  attention: "mdi:hand-back-right",
  paused: "mdi:pause-circle",
  printing: "mdi:printer-3d-nozzle",
  idle: "mdi:printer-3d",
  unreachable: "mdi:lan-disconnect",
  offline: "mdi:printer-3d-off",
};

// Statuses within a print that have an icon of their own.
const ICON_BY_STATUS: Readonly<Record<string, string>> = {
  heating: "mdi:thermometer-chevron-up",
};

/** The statuses of a print that does not go on, so that its finish time is unknown. */
const STANDING: ReadonlySet<string | undefined> = new Set(["pausing", "paused"]);

export function isStanding(hass: HomeAssistant, printer: Printer): boolean {
  return (
    STANDING.has(stateOf(hass, printer, "sensor.status")?.state) || isStoppedInPrint(hass, printer)
  );
}

/** Returns the status of a printer; `hass` is that of its view (see `viewOf`). */
export function statusOf(hass: HomeAssistant, printer: Printer): Status {
  const level = need(hass, printer);
  const state = stateOf(hass, printer, "sensor.status");
  return {
    need: level,
    words: wordsOf(hass, printer, level),
    icon: isOfflineInPrint(hass, printer)
      ? ICONS.offline
      : (level === "printing" && ICON_BY_STATUS[state?.state ?? ""]) || ICONS[level],
  };
}

function wordsOf(hass: HomeAssistant, printer: Printer, level: Need) {
  const { localize } = hass;
  if (level === "unreachable") return text(localize, "card.unreachable");
  // The reason of waiting is more specific than "Pausing".
  if (isOn(hass, printer, "binary_sensor.attention") && level === "attention") {
    return reasonOf(hass, printer);
  }
  const state = stateOf(hass, printer, "sensor.status");
  return state ? hass.formatEntityState(state) : text(localize, `dashboard.${level}`);
}

/** Returns the reason why a printer waits for its user, in words. */
export function reasonOf(hass: HomeAssistant, printer: Printer): string {
  const attention = stateOf(hass, printer, "binary_sensor.attention");
  const event = stateOf(hass, printer, "event.printer_event");
  const reason =
    attention?.attributes["reason"] ??
    (event?.attributes["event_type"] === "filament_change" ? "filament_change" : undefined);
  return text(
    hass.localize,
    reason === "filament_change" ? "card.filament_change" : "card.user_interaction",
  );
}

/** Whether a printer can begin a print. */
export function isIdle(hass: HomeAssistant, printer: Printer): boolean {
  const status = stateOf(hass, printer, "sensor.status");
  return status ? status.state === "idle" : need(hass, printer) === "idle";
}

/** Whether a printer has a print, also a paused one. */
export function isInPrint(hass: HomeAssistant, printer: Printer): boolean {
  const status = stateOf(hass, printer, "sensor.status")?.state;
  return (
    isOn(hass, printer, "binary_sensor.printing") ||
    isStoppedInPrint(hass, printer) ||
    STANDING.has(status) ||
    status === "printing" ||
    status === "heating"
  );
}
