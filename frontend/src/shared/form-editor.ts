import { html, LitElement, nothing } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { fire } from "./fire";
import type { HomeAssistant } from "./hass";
import { loadTexts, text } from "./texts";

export type Form = Record<string, unknown>;

// Printers have some of these entities, even if others are disabled; accounts have none.
const PRINTERS = {
  filter: { integration: "obico" },
  entity: { integration: "obico", domain: ["event", "button", "camera", "number", "select"] },
};

/** Returns the selector of one printer, or of several. */
export function printerSelector(multiple = false) {
  return { device: { ...(multiple ? { multiple } : {}), ...PRINTERS } };
}

/** Returns a selector of the layout. */
export function layoutSelector(hass: HomeAssistant, layouts: readonly string[], mode: string) {
  const options = layouts.map((layout) => ({
    value: layout,
    label: text(hass.localize, `editor.layout_${layout}`),
  }));
  return { select: { mode, options } };
}

/** A visual editor: Home Assistant's form element with translated labels. */
export abstract class FormEditor<Config extends object> extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config?: Config;

  setConfig(config: Config): void {
    this.config = config;
  }

  /** Returns the fields of the form. */
  protected abstract schema(hass: HomeAssistant, config: Config): object[];

  /** Returns what the form shows of a configuration. */
  protected abstract form(config: Config): Form;

  /** Returns the configuration that a form makes. */
  protected abstract read(form: Form): Config;

  /** Returns the key of a field's label. */
  protected abstract label(name: string): string;

  /** Returns the key of a field's help, if it has one. */
  protected helper(_name: string): string | undefined {
    return undefined;
  }

  protected override willUpdate(): void {
    if (this.hass) void loadTexts(this.hass);
  }

  protected override render() {
    const { hass, config } = this;
    if (!hass || !config) return nothing;
    const say = (key: string | undefined) => key && text(hass.localize, key);
    return html`<ha-form
      .hass=${hass}
      .data=${this.form(config)}
      .schema=${this.schema(hass, config)}
      .computeLabel=${({ name }: { name: string }) => say(this.label(name))}
      .computeHelper=${({ name }: { name: string }) => say(this.helper(name))}
      @value-changed=${this.changed}
    ></ha-form>`;
  }

  private changed(event: CustomEvent<{ value: Form }>): void {
    event.stopPropagation();
    fire(this, "config-changed", { config: this.read(event.detail.value) });
  }
}
