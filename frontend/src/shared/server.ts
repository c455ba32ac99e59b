import type { HomeAssistant } from "./hass";
import { stateOf, type Account, type Printer } from "./printers";

/** The server of an account, as far as Home Assistant reaches it. */
export interface Server {
  /** Its host, such as app.obico.io. */
  readonly name: string;
  readonly isReachable: boolean;
  /** Whether changes arrive at once; else they are polled. */
  readonly hasPush: boolean;
  /** Since when it is so, where that is known. */
  readonly since: Date | undefined;
}

/** Returns what is known of an account's server; nothing where its entity is missing. */
export function serverOf(hass: HomeAssistant, account: Account | undefined): Server | undefined {
  const state = account?.server === undefined ? undefined : hass.states[account.server];
  if (!account || !state || (state.state !== "on" && state.state !== "off")) return undefined;
  return {
    name: hostOf(account),
    isReachable: state.state === "on",
    hasPush: state.attributes["push"] !== false,
    since: momentOf(state.attributes["since"]) ?? momentOf(state.last_changed),
  };
}

/** Returns what the server of a printer is called; without an account, nothing. */
export function hostOf(account: Account): string {
  try {
    return new URL(account.device.configuration_url ?? "").host;
  } catch {
    return account.device.name_by_user || account.device.name || "Obico";
  }
}

/** Returns since when nothing is known about a printer; undefined while something is. */
export function unknownSince(hass: HomeAssistant, printer: Printer): Date | undefined {
  const server = serverOf(hass, printer.account);
  const status = stateOf(hass, printer, "sensor.status");
  // The status of a printer that is switched off is known: it says so.
  const isUnknown = status ? status.state === "unavailable" : server?.isReachable === false;
  if (!isUnknown) return undefined;
  return (
    (server && !server.isReachable ? server.since : undefined) ??
    momentOf(status?.last_changed) ??
    new Date()
  );
}

function momentOf(text: unknown): Date | undefined {
  const moment = typeof text === "string" ? new Date(text) : undefined;
  return moment && !Number.isNaN(moment.getTime()) ? moment : undefined;
}
