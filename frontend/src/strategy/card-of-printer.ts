import { LitElement, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { isConcerned } from "../shared/concerns";
import type { HomeAssistant } from "../shared/hass";
import { printerOf, type Printer } from "../shared/printers";
import { loadTexts } from "../shared/texts";
import type { PrinterCardConfig } from "./config";

/** The base of the contents of cards about one printer. They render only if one of the printer's entities changed. */
export abstract class CardOfPrinter extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() protected config?: PrinterCardConfig;

  setConfig(config: PrinterCardConfig): void {
    this.config = config;
  }

  /** The printer; undefined if it is not in Home Assistant any more. */
  protected get printer(): Printer | undefined {
    return this.hass && printerOf(this.hass, this.config?.device_id);
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    return isConcerned(changed, this.hass, () => this.printer?.about ?? []);
  }

  protected override willUpdate(): void {
    if (this.hass) void loadTexts(this.hass);
  }
}
