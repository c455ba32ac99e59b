import type { HomeAssistant } from "./hass";
import { stateOf, type Account, type Printer } from "./printers";

/** The connection of Home Assistant to the server of an account. */
export interface Server {
  /** Its host, such as app.obico.io. */
  readonly name: string;
  readonly isReachable: boolean;
  /** Whether the push connections are alive; without them changes come with the polls. */
  readonly hasPush: boolean;
  /** The time of the last change of this, if it is known. */
  readonly since: Date | undefined;
}

/** Returns the connection to an account's server; undefined if its entity is missing or unavailable. */
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

/** Returns the host of an account's server, or else the name of the account. */
export function hostOf(account: Account): string {
  try {
    return new URL(account.device.configuration_url ?? "").host;
  } catch {
    return account.device.name_by_user || account.device.name || "Obico";
  }
}

/** Returns since when the states of a printer are unavailable; undefined if they are not. */
export function unknownSince(hass: HomeAssistant, printer: Printer): Date | undefined {
  const server = serverOf(hass, printer.account);
  const status = stateOf(hass, printer, "sensor.status");
  // The status of a printer that is switched off is "offline", and not unavailable.
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
