import type { HomeAssistant } from "../shared/hass";
import { entityNames, type Name } from "../shared/names";

const HOURS = "detection_hours";

/** Returns the badges of all accounts, or of those of some printers: the hours of AI detection that are left. */
export async function accountBadges(
  hass: HomeAssistant,
  unlimited: string,
  accounts: ReadonlySet<string | null | undefined>,
): Promise<readonly object[]> {
  const entities = Object.values(hass.entities).filter(
    ({ platform, translation_key, device_id, hidden }) =>
      platform === "obico" && translation_key === HOURS && accounts.has(device_id) && !hidden,
  );
  // Of several accounts, each one says whose hours these are.
  const account = entities.length > 1 ? [{ type: "device" }] : [];
  const nameOf = await entityNames(hass);
  return entities.flatMap(({ entity_id: entity }) => [
    {
      type: "entity",
      entity,
      name: [...account, asItem(nameOf(entity))],
      show_name: true,
      visibility: [{ condition: "state", entity, state_not: ["unknown", "unavailable"] }],
    },
    {
      type: "entity",
      entity,
      name: [...account, { type: "text", text: unlimited }],
      show_name: true,
      show_state: false,
      // Without a limit there is no number of hours.
      visibility: [{ condition: "state", entity, state: "unknown" }],
    },
  ]);
}

function asItem(name: Name): object {
  return typeof name === "string" ? { type: "text", text: name } : name;
}
