import { css, html, nothing } from "lit";

import { define } from "../../shared/define";
import { showMore } from "../../shared/fire";
import { formatMeasured } from "../../shared/format";
import { domainOf, heatersOf, isKnown, type Heater } from "../../shared/printers";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";
import { shared } from "../../shared/styles";

const ICONS: Readonly<Record<string, string>> = {
  nozzle: "mdi:printer-3d-nozzle-heat",
  nozzle_n: "mdi:printer-3d-nozzle-heat",
  bed: "mdi:radiator",
  chamber: "mdi:cube-outline",
};

/** What is hot, and how hot it shall be. */
class PrinterTemperatures extends PrinterPart {
  protected override shown() {
    return heatersOf(this.hass, this.printer).flatMap(({ temperature, target }) => [
      temperature,
      target,
    ]);
  }

  protected override render() {
    return heatersOf(this.hass, this.printer).map((heater) => this.renderHeater(heater));
  }

  private renderHeater(heater: Heater) {
    const { states, locale, localize } = this.hass;
    const temperature = states[heater.temperature];
    if (!isKnown(temperature)) return nothing;
    const target = heater.target === undefined ? undefined : states[heater.target];
    const heats = isKnown(target) && Number(target.state) > 0;
    const canBeSet = heater.target !== undefined && domainOf(heater.target) === "number";
    const name = this.nameOf(heater);
    const now = formatMeasured(temperature, locale);
    const wanted = !isKnown(target)
      ? ""
      : heats
        ? formatMeasured(target, locale)
        : text(localize, "card.heater_off");
    const label = wanted
      ? text(localize, "card.heater", { heater: name, temperature: now, target: wanted })
      : `${name}: ${now}`;
    return html`<button
      class=${heats ? "heats" : ""}
      aria-label=${canBeSet ? text(localize, "card.set_heater", { what: label }) : label}
      @click=${() => showMore(this, canBeSet ? heater.target! : heater.temperature)}
    >
      <ha-icon icon=${ICONS[heater.kind] ?? "mdi:thermometer"}></ha-icon>
      <span class="name secondary">${name}</span>
      <span class="now">${now}</span>
      ${wanted ? html`<span class="secondary">${heats ? `→ ${wanted}` : wanted}</span>` : nothing}
    </button>`;
  }

  private nameOf(heater: Heater): string {
    const { localize, states } = this.hass;
    const name = String(states[heater.temperature]?.attributes["heater"] ?? "");
    switch (heater.kind) {
      case "nozzle":
        return text(localize, "card.nozzle");
      case "nozzle_n":
        // tool1 is the second.
        return text(localize, "card.nozzle_n", { number: Number(name.replace(/\D/g, "")) + 1 });
      case "bed":
        return text(localize, "card.bed");
      case "chamber":
        return text(localize, "card.chamber");
      default:
        return name.replaceAll("_", " ");
    }
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(144px, 100%), 1fr));
        gap: 8px;
      }
      button {
        display: grid;
        grid-template-columns: auto 1fr auto;
        align-items: baseline;
        gap: 0 6px;
        padding: 8px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--primary-text-color) 5%, transparent);
      }
      button:hover {
        background: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
      }
      ha-icon {
        grid-row: span 2;
        align-self: center;
        color: var(--secondary-text-color);
      }
      .heats ha-icon {
        color: var(--state-climate-heat-color, var(--deep-orange-color, var(--warning-color)));
      }
      .name {
        grid-column: 2 / -1;
        font-size: var(--ha-font-size-s, 12px);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .name::first-letter {
        text-transform: uppercase;
      }
      .now {
        font-weight: 500;
      }
      .now,
      .now + span {
        white-space: nowrap;
      }
      .now + span {
        font-size: var(--ha-font-size-s, 12px);
      }
    `,
  ];
}

define("obico-printer-temperatures", PrinterTemperatures);
