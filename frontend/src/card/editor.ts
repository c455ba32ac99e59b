import { html, LitElement, nothing } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { fire } from "../shared/fire";
import type { HomeAssistant } from "../shared/hass";
import { loadTexts, text } from "../shared/texts";
import { LAYOUTS, PARTS, shows, type CardConfig } from "./config";

type Form = Record<string, unknown>;

// Every printer has one of these, and the account none.
const ENTITY_OF_A_PRINTER = { integration: "obico", domain: "event" };

/** The visual editor of the card. */
export class PrinterCardEditor extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config?: CardConfig;

  setConfig(config: CardConfig): void {
    this.config = config;
  }

  protected override willUpdate(): void {
    if (this.hass) void loadTexts(this.hass);
  }

  protected override render() {
    const { hass, config } = this;
    if (!hass || !config) return nothing;
    return html`<ha-form
      .hass=${hass}
      .data=${formOf(config)}
      .schema=${schemaOf(hass, config)}
      .computeLabel=${({ name }: { name: string }) => text(hass.localize, `editor.${name}`)}
      @value-changed=${this.changed}
    ></ha-form>`;
  }

  private changed(event: CustomEvent<{ value: Form }>): void {
    event.stopPropagation();
    fire(this, "config-changed", { config: configOf(event.detail.value) });
  }
}

function schemaOf(hass: HomeAssistant, config: CardConfig) {
  return [
    {
      name: "device_id",
      required: true,
      selector: { device: { filter: { integration: "obico" }, entity: ENTITY_OF_A_PRINTER } },
    },
    { name: "name", selector: { text: {} } },
    {
      name: "layout",
      selector: {
        select: {
          mode: "box",
          options: LAYOUTS.map((layout) => ({
            value: layout,
            label: text(hass.localize, `editor.layout_${layout}`),
          })),
        },
      },
    },
    {
      type: "grid",
      name: "",
      flatten: true,
      // Whatever is switched off: what the layout has room for.
      schema: PARTS.filter((part) => shows({ ...config, ...ALL }, part)).map((part) => ({
        name: `show_${part}`,
        selector: { boolean: {} },
      })),
    },
  ];
}

const ALL: Form = Object.fromEntries(PARTS.map((part) => [`show_${part}`, true]));
const DEFAULTS: Form = { name: "", layout: "full", ...ALL };

/** Returns what the form shows of a configuration: what is not said, too. */
export function formOf(config: CardConfig): Form {
  return { ...DEFAULTS, ...config };
}

/** Returns the configuration that a form makes, without what goes without saying. */
export function configOf(form: Form): CardConfig {
  return Object.fromEntries(
    Object.entries(form).filter(([name, value]) => value !== undefined && value !== DEFAULTS[name]),
  ) as CardConfig;
}
