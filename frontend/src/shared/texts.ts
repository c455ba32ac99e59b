import type { HomeAssistant, Localize } from "./hass";

// The category of translations for custom frontends of an integration.
const CATEGORY = "config_panel";

let loading: { readonly language: string; readonly localize: Promise<Localize> } | undefined;

/**
 * Loads the texts of cards and dashboard once per language, and returns the function that translates.
 *
 * Once they are loaded, Home Assistant replaces `hass.localize`, which then knows them, too.
 */
export function loadTexts(hass: HomeAssistant): Promise<Localize> {
  if (loading?.language !== hass.language) {
    const localize = hass.loadBackendTranslation(CATEGORY, "obico");
    loading = { language: hass.language, localize };
    localize.catch(() => (loading = undefined));
  }
  return loading.localize;
}

/** Returns a text of `config_panel` in the integration's translations: `text(hass.localize, "card.paused")`. */
export function text(
  localize: Localize,
  key: string,
  values?: Record<string, string | number>,
): string {
  return localize(`component.obico.${CATEGORY}.${key}`, values);
}
