import { advertise } from "../shared/advertise";
import { define } from "../shared/define";
import type { HomeAssistant } from "../shared/hass";
import { printerOfEntity } from "../shared/printers";
import { text } from "../shared/texts";
import { CARD, cardOf, LAYOUTS, type CardConfig } from "./config";
import { PrinterCard } from "./shell";

interface Suggestion {
  readonly label: string;
  readonly config: CardConfig;
}

/** Returns the cards that Home Assistant may suggest for an entity. */
export function suggestions(hass: HomeAssistant, entityId: string): Suggestion[] | null {
  const printer = printerOfEntity(hass, entityId);
  // Settings and diagnostics are not represented by the card of the printer.
  if (!printer || hass.entities[entityId]?.entity_category) return null;
  return LAYOUTS.map((layout) => ({
    label: text(hass.localize, `editor.layout_${layout}`),
    config: cardOf(printer.device.id, layout === "full" ? {} : { layout }),
  }));
}

define(CARD, PrinterCard);
advertise("customCards", "card", {
  type: CARD,
  preview: true,
  documentationURL: "https://github.com/ha-obico/ha-obico/blob/main/docs/dashboard.md",
  getEntitySuggestion: suggestions,
});
