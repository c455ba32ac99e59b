import type { HomeAssistant, Localize } from "./hass";

// A category that holds whatever an integration shows in the frontend.
const CATEGORY = "config_panel";

let loading: { readonly language: string; readonly localize: Promise<Localize> } | undefined;

/**
 * Has the texts of cards and dashboard loaded, once a language, and returns what translates.
 *
 * When they are there, `hass.localize` becomes another one, that knows them, too.
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
