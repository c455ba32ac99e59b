import type { HomeAssistant } from "./hass";
import { domainOf, heaterNameOf, heatersOf, type Printer } from "./printers";

/** Texts of the integration's entities in the system's language, by key. */
type Resources = Readonly<Record<string, string>>;

/** A name as dashboards have it in their configuration. */
export type Name = string | { readonly type: "entity" };

let loading: { readonly language: string; readonly texts: Promise<Resources> } | undefined;

/** Returns the integration's entity names in the system's language. */
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
 * Returns a function that names entities of a printer or an account in the user's language.
 *
 * The registry holds one name of an entity: the one that the user gave it, or else the integration's in the
 * system's language. Only a name that equals the latter is translated.
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
    // If they cannot be loaded, the names stay in the system's language.
    texts = await systemTexts(hass).catch(() => ({}));
  }
  return (entityId) => {
    const entity = hass.entities[entityId];
    // Home Assistant's own name, without that of the device.
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

/** Returns a regular expression that matches a text with any values for its placeholders. */
function patternOf(text: string): RegExp {
  const escaped = text.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\{(\w+)\}/g, "(?<$1>.+)")}$`);
}
