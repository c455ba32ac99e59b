import type { HomeAssistant } from "./hass";

/** What of `hass`, besides states, everything that is shown may depend on. */
const ALWAYS = ["localize", "locale", "entities", "devices", "services", "connected"] as const;

/** Whether what is new about `hass` can change what shows these entities. */
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
