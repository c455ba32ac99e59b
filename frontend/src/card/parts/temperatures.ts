import { css, html, nothing } from "lit";

import { loadOrTell } from "../../shared/chunk";
import { define } from "../../shared/define";
import { fire } from "../../shared/fire";
import { formatMeasured } from "../../shared/format";
import {
  heaterNameOf,
  heatersOf,
  isKnown,
  nameOf,
  isOffTarget,
  type Heater,
} from "../../shared/printers";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";
import type { HeaterDialogParams } from "./heater-dialog";

const ICONS: Readonly<Record<string, string>> = {
  nozzle: "mdi:printer-3d-nozzle-heat",
  nozzle_n: "mdi:printer-3d-nozzle-heat",
  bed: "mdi:radiator",
  chamber: "mdi:cube-outline",
};

/** The temperatures and targets of all heaters. */
class PrinterTemperatures extends PrinterPart {
  protected override shown() {
    return heatersOf(this.hass, this.printer).flatMap(({ temperature, target }) => [
      temperature,
      target,
    ]);
  }

  protected override render() {
    const { hass, printer } = this;
    const heaters = heatersOf(hass, printer).filter(
      (heater) => isKnown(hass.states[heater.temperature]) && (!this.brief || this.matters(heater)),
    );
    return heaters.map((heater) => this.renderHeater(heater));
  }

  /** Whether the brief form shows a heater: nozzles, bed, and others only while they heat. */
  private matters({ kind, target }: Heater): boolean {
    return kind.startsWith("nozzle") || kind === "bed" || this.heats(target);
  }

  private heats(id: string | undefined): boolean {
    const target = id === undefined ? undefined : this.hass.states[id];
    return isKnown(target) && !isOffTarget(target);
  }

  private renderHeater(heater: Heater) {
    const { states, locale, localize } = this.hass;
    const temperature = states[heater.temperature]!;
    const target = heater.target === undefined ? undefined : states[heater.target];
    const heats = this.heats(heater.target);
    const name = heaterNameOf(this.hass, heater);
    const now = formatMeasured(temperature, locale);
    const wanted = !isKnown(target)
      ? ""
      : heats
        ? formatMeasured(target, locale)
        : text(localize, "card.heater_off");
    return html`<button
      class=${heats ? "heats" : ""}
      title=${this.brief ? name : nothing}
      @click=${() => this.open(heater)}
    >
      <ha-icon icon=${ICONS[heater.kind] ?? "mdi:thermometer"}></ha-icon>
      <span class=${this.brief ? "sr" : "name secondary"}>${name}</span>
      <bdi class="now">${now}</bdi>
      ${
        wanted
          ? html`<span class="sr">${text(localize, "card.target")}</span>
              <span class="wanted secondary">
                ${heats ? html`<ha-icon icon="mdi:arrow-right"></ha-icon>` : nothing}
                <bdi>${wanted}</bdi>
              </span>`
          : nothing
      }
      <span class="sr">${nameOf(this.printer)}</span>
    </button>`;
  }

  private async open(heater: Heater): Promise<void> {
    const dialog = await loadOrTell(this, this.hass, () => import("./heater-dialog"));
    if (!dialog) return;
    fire(this, "show-dialog", {
      dialogTag: dialog.HEATER_DIALOG,
      dialogImport: () => Promise.resolve(),
      dialogParams: {
        deviceId: this.printer.device.id,
        temperature: heater.temperature,
      } satisfies HeaterDialogParams,
    });
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        /* Temperature and target fit side by side, also in larger letters. */
        grid-template-columns: repeat(auto-fit, minmax(min(max(128px, 9.1em), 100%), 1fr));
        gap: 8px;
      }
      :host([brief]) {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
      }
      button {
        display: grid;
        grid-template-columns: auto auto 1fr;
        align-items: baseline;
        gap: 0 6px;
        padding: 8px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--primary-text-color) 5%, transparent);
      }
      :host([brief]) button {
        display: flex;
        align-items: center;
        gap: 4px;
        min-height: 24px;
        padding: 0;
        background: none;
      }
      button:hover {
        background: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
      }
      button > ha-icon {
        grid-row: span 2;
        align-self: center;
        color: var(--secondary-text-color);
      }
      .heats > ha-icon {
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
      .wanted {
        white-space: nowrap;
      }
      .wanted {
        display: inline-flex;
        align-items: center;
        font-size: var(--ha-font-size-s, 12px);
      }
      .wanted ha-icon {
        --mdc-icon-size: 12px;
        margin-inline-end: 2px;
      }
      .wanted ha-icon:dir(rtl) {
        transform: scaleX(-1);
      }
      @media (forced-colors: active) {
        :host(:not([brief])) button {
          border: 1px solid ButtonBorder;
        }
      }
      @media (pointer: coarse) {
        :host([brief]) button {
          min-height: 44px;
        }
      }
    `,
  ];
}

define("obico-printer-temperatures", PrinterTemperatures);
