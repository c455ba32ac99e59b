import type { HomeAssistant, Localize } from "./hass";

// The category of translations for custom frontends of an integration.
const CATEGORY = "config_panel";

interface Loading {
  readonly language: string;
  readonly localize: Promise<Localize>;
}

const loading = new Map<string, Loading>();

/**
 * Loads a category of the integration's texts once per language, and returns the function that translates.
 *
 * Home Assistant, asked again while it loads them, answers at once with a function that does not know them yet.
 */
function load(hass: HomeAssistant, category: string): Promise<Localize> {
  const known = loading.get(category);
  if (known?.language === hass.language) return known.localize;
  const localize = hass.loadBackendTranslation(category, "obico");
  loading.set(category, { language: hass.language, localize });
  localize.catch(() => loading.delete(category));
  return localize;
}

/** Loads the texts of cards and dashboard. Once they are there, Home Assistant replaces `hass.localize`, which has them. */
export function loadTexts(hass: HomeAssistant): Promise<Localize> {
  return load(hass, CATEGORY);
}

/** Loads the texts of errors. */
export function loadErrors(hass: HomeAssistant): Promise<Localize> {
  return load(hass, "exceptions");
}

/** Returns a text of `config_panel` in the integration's translations: `text(hass.localize, "card.paused")`. */
export function text(
  localize: Localize,
  key: string,
  values?: Record<string, string | number>,
): string {
  return localize(`component.obico.${CATEGORY}.${key}`, values);
}
