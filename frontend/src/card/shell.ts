import type { HomeAssistant } from "../shared/hass";
import { LazyCard, lazyEditor } from "../shared/lazy-card";
import { byNeed } from "../shared/need";
import { printers } from "../shared/printers";
import { CARD, CARD_EDITOR, cardOf, isCompact, shows, type CardConfig } from "./config";

/** The card of a printer. */
export class PrinterCard extends LazyCard<CardConfig> {
  static getStubConfig(hass: HomeAssistant): CardConfig {
    const [first] = byNeed(hass, printers(hass));
    return first ? cardOf(first.device.id) : { type: `custom:${CARD}` };
  }

  static getConfigElement(): Promise<HTMLElement> {
    return lazyEditor(CARD_EDITOR, () => import("./editor"));
  }

  protected override load() {
    return import("./printer-card");
  }

  override getCardSize(): number {
    if (!this.config || isCompact(this.config)) return 2;
    return 3 + (shows(this.config, "camera") ? 4 : 0) + (shows(this.config, "events") ? 2 : 0);
  }

  override getGridOptions() {
    return this.config && isCompact(this.config)
      ? super.getGridOptions()
      : { columns: 12, min_columns: 4, rows: "auto" };
  }
}
