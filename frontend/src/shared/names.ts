import type { HomeAssistant } from "./hass";
import { domainOf, heaterNameOf, heatersOf, type Printer } from "./printers";

/** Texts of the integration's entities in the system's language, by key. */
type Resources = Readonly<Record<string, string>>;

/** A name as dashboards have it in their configuration. */
export type Name = string | { readonly type: "entity" };

let loading: { readonly language: string; readonly texts: Promise<Resources> } | undefined;

/** Returns the names that entities have in the system's language unless somebody renamed them. */
async function systemTexts(hass: HomeAssistant): Promise<Resources> {
  const { language } = hass.config;
  if (loading?.language !== language) {
    const texts = hass
      .callWS<{ resources: Resources }>({
        type: "frontend/get_translations",
        language,
        category: "entity",
        integration: ["obico"],
      })
      .then(({ resources }) => resources);
    loading = { language, texts };
    texts.catch(() => (loading = undefined));
  }
  return loading.texts;
}

/**
 * Returns what to call entities of a printer, or of an account: in the user's language, unless somebody renamed one.
 *
 * Home Assistant names entities in the system's language, and keeps no other name of an entity.
 */
export async function entityNames(
  hass: HomeAssistant,
  printer?: Printer,
): Promise<(entityId: string) => Name> {
  const heaters = new Map(
    (printer ? heatersOf(hass, printer) : []).flatMap((heater) =>
      [heater.temperature, heater.target].map((id) => [id, heater] as const),
    ),
  );
  let texts: Resources = {};
  if (hass.language !== hass.config.language) {
    // Without them names are those of the system, which Home Assistant shows by itself.
    texts = await systemTexts(hass).catch(() => ({}));
  }
  return (entityId) => {
    const entity = hass.entities[entityId];
    // Without the device's name, which stands above.
    if (!entity?.name) return { type: "entity" };
    const key = `component.obico.entity.${domainOf(entityId)}.${entity.translation_key}.name`;
    const pattern = texts[key];
    const match = pattern && patternOf(pattern).exec(entity.name);
    if (!match) return entity.name;
    const heater = heaters.get(entityId);
    return hass.localize(key, {
      ...match.groups,
      ...(heater ? { heater: heaterNameOf(hass, heater) } : {}),
    });
  };
}

/** Returns what matches a text, whatever its placeholders are filled with. */
function patternOf(text: string): RegExp {
  const escaped = text.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\{(\w+)\}/g, "(?<$1>.+)")}$`);
}
