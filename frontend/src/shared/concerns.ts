import type { PropertyValues } from "lit";

import type { HomeAssistant } from "./hass";

/** The properties of `hass`, besides states, on which everything that is shown may depend. */
const ALWAYS = [
  "localize",
  // Replaced after `localize`, once the names of states are loaded.
  "formatEntityState",
  "locale",
  "entities",
  "devices",
  "areas",
  "services",
  "connected",
] as const;

/** Whether a new `hass` differs in one of these entities or in anything general. */
export function concerns(
  before: HomeAssistant | undefined,
  now: HomeAssistant,
  entityIds: Iterable<string>,
): boolean {
  if (before === undefined || ALWAYS.some((key) => before[key] !== now[key])) return true;
  if (before.states === now.states) return false;
  for (const id of entityIds) {
    if (before.states[id] !== now.states[id]) return true;
  }
  return false;
}

/** Whether an element that shows some entities has to be drawn again after a change of it. */
export function isConcerned(
  changed: PropertyValues,
  hass: HomeAssistant | undefined,
  shown: (hass: HomeAssistant) => readonly (string | undefined)[],
): boolean {
  if (!hass || changed.size > 1 || !changed.has("hass")) return true;
  const before = changed.get("hass") as HomeAssistant | undefined;
  return concerns(
    before,
    hass,
    shown(hass).filter((id) => id !== undefined),
  );
}
