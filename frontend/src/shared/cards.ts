import type { HomeAssistant } from "./hass";

/** A card of Home Assistant's own. */
export type CardElement = HTMLElement & { hass?: HomeAssistant };

interface CardHelpers {
  createCardElement(config: object): CardElement;
}

/** Makes one of Home Assistant's own cards; nothing where its helpers are not there. */
export async function makeCard(config: object): Promise<CardElement | undefined> {
  const { loadCardHelpers } = window as { loadCardHelpers?: () => Promise<CardHelpers> };
  return (await loadCardHelpers?.())?.createCardElement(config);
}
