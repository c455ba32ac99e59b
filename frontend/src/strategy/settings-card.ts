import { css, html, nothing, type PropertyValues } from "lit";
import { state } from "lit/decorators/state.js";

import { makeCard, type CardElement } from "../shared/cards";
import { define } from "../shared/define";
import type { HomeAssistant } from "../shared/hass";
import { contentTag } from "../shared/lazy-card";
import { entityNames } from "../shared/names";
import type { Printer } from "../shared/printers";
import { shared } from "../shared/styles";
import { text } from "../shared/texts";
import { CardOfPrinter } from "./card-of-printer";
import { SETTINGS_CARD, type PrinterCardConfig } from "./config";

// The settings that are used most come first.
const FIRST = [
  "switch.watching_enabled",
  "select.action_on_failure",
  "number.detective_sensitivity",
  "switch.alerts_muted",
];

/** A card with the settings of a printer, collapsed at first. */
export class SettingsCard extends CardOfPrinter {
  @state() private list: CardElement | undefined;

  override setConfig(config: PrinterCardConfig): void {
    super.setConfig(config);
    this.list = undefined;
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    if (this.list && this.hass) this.list.hass = this.hass;
    return super.shouldUpdate(changed);
  }

  private async open(event: Event): Promise<void> {
    const { hass, printer } = this;
    if (!hass || !printer || this.list || !(event.target as HTMLDetailsElement).open) return;
    const nameOf = await entityNames(hass, printer);
    this.list = await makeCard({
      type: "entities",
      show_header_toggle: false,
      entities: settingsOf(hass, printer).map((entity) => ({ entity, name: nameOf(entity) })),
    });
    if (this.list) this.list.hass = this.hass!;
  }

  protected override render() {
    const { hass, printer } = this;
    if (!hass || !printer || settingsOf(hass, printer).length === 0) return nothing;
    return html`<details @toggle=${this.open}>
      <summary>
        <ha-icon icon="mdi:chevron-right"></ha-icon>${text(hass.localize, "dashboard.settings")}
      </summary>
      ${this.list ?? nothing}
    </details>`;
  }

  static override styles = [
    shared,
    css`
      summary {
        display: flex;
        align-items: center;
        gap: 4px;
        min-height: 44px;
        cursor: pointer;
        font-size: var(--ha-font-size-l, 16px);
      }
      summary ha-icon {
        --mdc-icon-size: 24px;
        transition: transform 0.15s;
      }
      summary ha-icon:dir(rtl) {
        transform: scaleX(-1);
      }
      [open] summary ha-icon {
        transform: rotate(90deg);
      }
    `,
  ];
}

/** Returns the ids of the configuration entities, those that are used most first. */
function settingsOf(hass: HomeAssistant, printer: Printer): readonly string[] {
  return [...printer.entities]
    .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
    .flatMap(([, entities]) => entities)
    .filter((id) => {
      const entity = hass.entities[id];
      return entity?.entity_category === "config" && !entity.hidden;
    });
}

function rank(key: string): number {
  const index = FIRST.indexOf(key);
  return index < 0 ? FIRST.length : index;
}

define(contentTag(SETTINGS_CARD), SettingsCard);
