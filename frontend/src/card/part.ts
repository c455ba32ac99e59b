import { LitElement, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";

import { concerns } from "../shared/concerns";
import type { HassEntity, HomeAssistant } from "../shared/hass";
import { entityId, isKnown, numberOf, stateOf, type Printer } from "../shared/printers";

/** A piece of a card. It draws anew only when one of the entities that it shows changed. */
export abstract class PrinterPart extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) printer!: Printer;
  /** When what is shown was true, if that is past: the states are not those of now. */
  @property({ attribute: false }) asOf: Date | undefined;
  /** Whether there is room for the most important only. */
  @property({ type: Boolean, reflect: true }) brief = false;
  /** The level of headings in it. */
  @property({ attribute: false }) level = 3;

  /** The ids of the entities that are shown. */
  protected abstract shown(): readonly (string | undefined)[];

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    return (
      changed.size > 1 ||
      !changed.has("hass") ||
      concerns(changed.get("hass"), this.hass, defined(this.shown()))
    );
  }

  /** Whether there is nothing to see: then it takes no room either. */
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
      // What had it is gone: who uses the keyboard goes on from here, and not from the top.
      this.tabIndex = -1;
      this.focus();
    }
  }

  protected ids(...keys: string[]): (string | undefined)[] {
    return keys.map((key) => entityId(this.printer, key));
  }

  /** Returns the state of an entity if it says something. */
  protected known(key: string): HassEntity | undefined {
    const state = stateOf(this.hass, this.printer, key);
    return isKnown(state) ? state : undefined;
  }

  protected number(key: string): number | undefined {
    return numberOf(this.hass, this.printer, key);
  }
}

function defined(ids: readonly (string | undefined)[]): string[] {
  return ids.filter((id) => id !== undefined);
}
