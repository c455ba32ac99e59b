import { html, LitElement, nothing } from "lit";
import { property, state } from "lit/decorators.js";

import { LAYOUTS } from "../card/config";
import { fire } from "../shared/fire";
import type { HomeAssistant } from "../shared/hass";
import { loadTexts, text } from "../shared/texts";
import type { Choice } from "./config";

/** The visual editor of the dashboard, and of the card of all printers. */
export class ChoiceEditor extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config?: Choice;

  setConfig(config: Choice): void {
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
      .data=${config}
      .schema=${schemaOf(hass)}
      .computeLabel=${({ name }: { name: string }) => text(hass.localize, `dashboard.${name}`)}
      .computeHelper=${({ name }: { name: string }) =>
        text(hass.localize, `dashboard.${name}_helper`)}
      @value-changed=${this.changed}
    ></ha-form>`;
  }

  private changed(event: CustomEvent<{ value: Choice }>): void {
    event.stopPropagation();
    fire(this, "config-changed", { config: withoutEmpty(event.detail.value) });
  }
}

function schemaOf(hass: HomeAssistant) {
  return [
    {
      name: "printers",
      selector: {
        device: {
          multiple: true,
          filter: { integration: "obico" },
          // Every printer has one of these, and the account none.
          entity: { integration: "obico", domain: "event" },
        },
      },
    },
    {
      name: "layout",
      selector: {
        select: {
          mode: "dropdown",
          options: LAYOUTS.map((layout) => ({
            value: layout,
            label: text(hass.localize, `editor.layout_${layout}`),
          })),
        },
      },
    },
  ];
}

/** Returns a configuration without what says nothing. */
export function withoutEmpty(config: Choice): Choice {
  const { printers, layout, ...rest } = config;
  return {
    ...rest,
    ...(printers?.length ? { printers } : {}),
    ...(layout ? { layout } : {}),
  };
}
