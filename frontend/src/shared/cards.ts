import type { HomeAssistant } from "./hass";

/** A card of Home Assistant's own. */
export type CardElement = HTMLElement & { hass?: HomeAssistant };

interface CardHelpers {
  createCardElement(config: object): CardElement;
}

/** Creates one of Home Assistant's own cards; returns undefined if its helpers are missing. */
export async function makeCard(config: object): Promise<CardElement | undefined> {
  const { loadCardHelpers } = window as { loadCardHelpers?: () => Promise<CardHelpers> };
  return (await loadCardHelpers?.())?.createCardElement(config);
}
