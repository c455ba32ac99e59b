import { LitElement, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";

import { isConcerned } from "../shared/concerns";
import type { HassEntity, HomeAssistant } from "../shared/hass";
import { entityId, isKnown, numberOf, stateOf, type Printer } from "../shared/printers";

/** The base of the parts of a card. A part renders only if one of its entities changed. */
export abstract class PrinterPart extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) printer!: Printer;
  /** The time of the last known states; undefined if the present ones are shown. */
  @property({ attribute: false }) asOf: Date | undefined;
  /** Whether the part is shown in a shorter form. */
  @property({ type: Boolean, reflect: true }) brief = false;
  /** The level of headings in it. */
  @property({ attribute: false }) level = 3;

  /** Returns the ids of the entities that the part depends on. */
  protected abstract shown(): readonly (string | undefined)[];

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    return isConcerned(changed, this.hass, () => this.shown());
  }

  /** Whether the part shows nothing, and must take no room. */
  protected get isEmpty(): boolean {
    return this.renderRoot.childElementCount === 0;
  }

  private hadFocus = false;

  private get hasFocus(): boolean {
    return this.matches(":focus-within");
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    this.hadFocus = this.hasFocus;
  }

  protected override updated(_changed: PropertyValues<this>): void {
    this.toggleAttribute("empty", this.isEmpty);
    if (this.hadFocus && !this.hasFocus) {
      // The focused element was removed; keep the focus here instead of at the top of the page.
      this.tabIndex = -1;
      this.focus();
    }
  }

  protected ids(...keys: string[]): (string | undefined)[] {
    return keys.map((key) => entityId(this.printer, key));
  }

  /** Returns the state of an entity unless it is unavailable or unknown. */
  protected known(key: string): HassEntity | undefined {
    const state = stateOf(this.hass, this.printer, key);
    return isKnown(state) ? state : undefined;
  }

  protected number(key: string): number | undefined {
    return numberOf(this.hass, this.printer, key);
  }
}
