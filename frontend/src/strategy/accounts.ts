import type { HomeAssistant } from "../shared/hass";
import { entityNames, type Name } from "../shared/names";

const HOURS = "detection_hours";

/** Returns the badges of accounts: the hours of AI detection that are left. */
export async function accountBadges(
  hass: HomeAssistant,
  unlimited: string,
  accounts: ReadonlySet<string | null | undefined>,
): Promise<readonly object[]> {
  const entities = Object.values(hass.entities).filter(
    ({ platform, translation_key, device_id, hidden }) =>
      platform === "obico" && translation_key === HOURS && accounts.has(device_id) && !hidden,
  );
  // With several accounts, each badge names its account.
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
      // The sensor is unknown if the hours are unlimited.
      visibility: [{ condition: "state", entity, state: "unknown" }],
    },
  ]);
}

function asItem(name: Name): object {
  return typeof name === "string" ? { type: "text", text: name } : name;
}
