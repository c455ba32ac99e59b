import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";
import { live } from "lit/directives/live.js";

import { has, perform } from "../shared/act";
import { define } from "../shared/define";
import { formatNumber } from "../shared/format";
import type { HomeAssistant } from "../shared/hass";
import { numberOf, type Printer } from "../shared/printers";
import { getResponse } from "../shared/response";
import { shared } from "../shared/styles";
import { Visible } from "../shared/visible";

/** Percentages that can be set at any time, with the range that the integration accepts. */
const RATES = [
  { key: "feed_rate", from: 10, to: 200 },
  { key: "flow_rate", from: 75, to: 125 },
  { key: "fan_speed", from: 0, to: 100 },
] as const;
type Rates = Readonly<Record<string, number | null>>;

// The rates are asked for when the printer changes, but not more often than this.
const PAUSE_MS = 10_000;
/** Sliders for speed, flow and fan. The values come by an action, as the entities may be disabled. */
class PrinterRates extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) printer!: Printer;
  @state() private rates: Rates = {};
  // What was set here. OctoPrint does not report it.
  @state() private wanted: Rates = {};

  private askedAt = -Infinity;
  private askedFor: string | undefined;

  private readonly visible = new Visible(this, (visible) => {
    if (visible) void this.load();
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.printer.device.id !== this.askedFor) {
      this.askedFor = this.printer.device.id;
      this.askedAt = -Infinity;
      this.rates = this.wanted = {};
    }
    if (changed.has("hass") && this.visible.now) void this.load();
  }

  private async load(): Promise<void> {
    const { hass, askedFor } = this;
    if (!has(hass, "get_rates") || askedFor === undefined) return;
    if (Date.now() - this.askedAt < PAUSE_MS) return;
    this.askedAt = Date.now();
    const rates = await getResponse<Rates>(hass, "get_rates", { device_id: askedFor }).catch(
      () => ({}),
    );
    if (askedFor === this.askedFor) this.rates = rates;
  }

  private async set(key: string, value: number): Promise<void> {
    const data = { device_id: [this.printer.device.id], [key]: value };
    if (await perform(this.hass, { perform_action: "obico.set_rates", data })) {
      this.wanted = { ...this.wanted, [key]: value };
    }
    // The slider goes back if the printer refused.
    this.rates = { ...this.rates };
    this.askedAt = -Infinity;
    await this.load();
  }

  protected override render() {
    if (!has(this.hass, "set_rates")) return nothing;
    return RATES.map((rate) => this.renderRate(rate));
  }

  private renderRate({ key, from, to }: (typeof RATES)[number]) {
    const { hass, printer } = this;
    const value = this.rates[key] ?? numberOf(hass, printer, `number.${key}`) ?? this.wanted[key];
    const isKnown = typeof value === "number";
    const shown = isKnown ? Math.round(value) : (from + to) / 2;
    const said = isKnown
      ? `${formatNumber(shown, hass.locale)} %`
      : hass.localize("state.default.unknown");
    return html`<label class=${isKnown ? "" : "unknown"}>
      <span>${hass.localize(`component.obico.entity.sensor.${key}.name`)}</span>
      <bdi class="value">${said}</bdi>
      <input
        type="range"
        min=${from}
        max=${to}
        step="5"
        aria-valuetext=${said}
        .value=${live(String(shown))}
        @change=${(event: Event) => this.set(key, (event.target as HTMLInputElement).valueAsNumber)}
      />
    </label>`;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 16px;
      }
      label {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 4px 8px;
      }
      .value {
        font-weight: 500;
      }
      .unknown .value {
        font-weight: 400;
        color: var(--secondary-text-color);
      }
      input {
        grid-column: 1 / -1;
        width: 100%;
        min-height: 24px;
        margin: 0;
        accent-color: var(--primary-color);
      }
      /* The position of the slider says nothing. */
      .unknown input {
        accent-color: var(--disabled-color, #bdbdbd);
        opacity: 0.5;
      }
      @media (pointer: coarse) {
        input {
          min-height: 44px;
        }
      }
    `,
  ];
}

define("obico-printer-rates", PrinterRates);
