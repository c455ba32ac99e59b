import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { concerns } from "../shared/concerns";
import { showMore } from "../shared/fire";
import type { HomeAssistant } from "../shared/hass";
import { need, byNeed, type Need } from "../shared/need";
import { nameOf, printerOf, printers, stateOf, type Printer } from "../shared/printers";
import { loadTexts, text } from "../shared/texts";
import { CARD, cardOf, isCompact, shows, type CardConfig } from "./config";
import "./parts/ai";
import "./parts/alert";
import "./parts/camera";
import "./parts/controls";
import "./parts/events";
import "./parts/job";
import "./parts/temperatures";
import { shared } from "../shared/styles";

const ICONS: Readonly<Record<Need, string>> = {
  failing: "mdi:alert-octagon",
  attention: "mdi:hand-back-right",
  printing: "mdi:printer-3d-nozzle",
  idle: "mdi:printer-3d",
  offline: "mdi:printer-3d-off",
};

// Within a print, what it stands still for.
const ICON_BY_STATUS: Readonly<Record<string, string>> = {
  pausing: "mdi:pause-circle",
  paused: "mdi:pause-circle",
};

/** A printer: what it does, what it sees, and what can be done. */
export class PrinterCard extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config?: CardConfig;

  static getStubConfig(hass: HomeAssistant): CardConfig {
    const [first] = byNeed(hass, printers(hass));
    return first ? cardOf(first.device.id) : { type: `custom:${CARD}` };
  }

  static getConfigElement(): HTMLElement {
    return document.createElement(`${CARD}-editor`);
  }

  setConfig(config: CardConfig): void {
    this.config = config;
  }

  getCardSize(): number {
    if (!this.config || isCompact(this.config)) return 2;
    return 3 + (shows(this.config, "camera") ? 4 : 0) + (shows(this.config, "events") ? 2 : 0);
  }

  getGridOptions() {
    return this.config && isCompact(this.config)
      ? { columns: 12, min_columns: 6, rows: "auto" }
      : { columns: 12, min_columns: 4, rows: "auto" };
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    if (!this.hass || changed.size > 1 || !changed.has("hass")) return true;
    // Most news is about something else in the house, and there may be many cards.
    const printer = printerOf(this.hass, this.config?.device_id);
    return concerns(changed.get("hass"), this.hass, printer?.entityIds ?? []);
  }

  protected override willUpdate(): void {
    if (this.hass) void loadTexts(this.hass);
  }

  protected override render() {
    const { hass, config } = this;
    if (!hass || !config) return nothing;
    const printer = printerOf(hass, config.device_id);
    if (!printer) {
      const why = config.device_id === undefined ? "card.no_printer" : "card.printer_gone";
      return html`<ha-card><p class="message">${text(hass.localize, why)}</p></ha-card>`;
    }
    return html`<ha-card class="${need(hass, printer)} ${isCompact(config) ? "compact" : "full"}">
      ${isCompact(config) ? this.renderCompact(printer, config) : this.renderFull(printer, config)}
    </ha-card>`;
  }

  private renderFull(printer: Printer, config: CardConfig) {
    const { hass } = this;
    return html`
      ${
        shows(config, "camera") && printer.entities.has("camera.webcam")
          ? html`<obico-printer-camera .hass=${hass} .printer=${printer}></obico-printer-camera>`
          : nothing
      }
      <div class="content">
        ${this.renderHead(printer, config)}
        <obico-printer-alert .hass=${hass} .printer=${printer}></obico-printer-alert>
        ${this.renderJob(printer, config)}
        ${
          shows(config, "controls")
            ? html`<obico-printer-controls
                .hass=${hass}
                .printer=${printer}
              ></obico-printer-controls>`
            : nothing
        }
        ${
          shows(config, "ai")
            ? html`<obico-printer-ai .hass=${hass} .printer=${printer}></obico-printer-ai>`
            : nothing
        }
        ${
          shows(config, "temperatures")
            ? html`<obico-printer-temperatures
                .hass=${hass}
                .printer=${printer}
              ></obico-printer-temperatures>`
            : nothing
        }
        ${
          shows(config, "events")
            ? html`<obico-printer-events .hass=${hass} .printer=${printer}></obico-printer-events>`
            : nothing
        }
      </div>
    `;
  }

  private renderCompact(printer: Printer, config: CardConfig) {
    const { hass } = this;
    return html`
      <div class="line">
        ${
          shows(config, "camera") && printer.entities.has("camera.webcam")
            ? html`<obico-printer-camera
                thumb
                .hass=${hass}
                .printer=${printer}
              ></obico-printer-camera>`
            : nothing
        }
        <div class="content">
          ${this.renderHead(printer, config)} ${this.renderJob(printer, config)}
        </div>
        ${
          shows(config, "controls")
            ? html`<obico-printer-controls
                bare
                .hass=${hass}
                .printer=${printer}
              ></obico-printer-controls>`
            : nothing
        }
      </div>
      <obico-printer-alert .hass=${hass} .printer=${printer}></obico-printer-alert>
    `;
  }

  private renderHead(printer: Printer, config: CardConfig) {
    const hass = this.hass!;
    const status = stateOf(hass, printer, "sensor.status");
    const level = need(hass, printer);
    const name = config.name || nameOf(printer);
    const path = config.navigation_path;
    return html`<div class="head">
      <h2>${path ? html`<a href=${path}>${name}</a>` : name}</h2>
      ${
        status
          ? html`<button class="status" @click=${() => showMore(this, status.entity_id)}>
              <ha-icon
                icon=${(level === "printing" && ICON_BY_STATUS[status.state]) || ICONS[level]}
              ></ha-icon>
              <span>${hass.formatEntityState(status)}</span>
            </button>`
          : nothing
      }
    </div>`;
  }

  private renderJob(printer: Printer, config: CardConfig) {
    return shows(config, "job")
      ? html`<obico-printer-job .hass=${this.hass} .printer=${printer}></obico-printer-job>`
      : nothing;
  }

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }
      ha-card {
        position: relative;
        height: 100%;
        overflow: hidden;
        --need: var(--secondary-text-color);
        --bar-color: var(--primary-color);
      }
      .failing {
        --need: var(--error-color);
        --bar-color: var(--error-color);
      }
      .attention {
        --need: var(--warning-color);
      }
      .printing {
        --need: var(--primary-color);
      }
      .idle {
        --need: var(--success-color);
      }
      ha-card.failing {
        border-color: var(--error-color);
      }
      .message {
        margin: 0;
        padding: 16px;
        color: var(--secondary-text-color);
      }
      .head {
        display: flex;
        align-items: center;
        gap: 4px 12px;
      }
      h2 {
        flex: 1;
        min-width: 0;
        margin: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-size: var(--ha-font-size-l, 16px);
        font-weight: 500;
      }
      h2 a {
        color: inherit;
        text-decoration: none;
      }
      h2 a:hover,
      h2 a:focus-visible {
        text-decoration: underline;
      }
      .status {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        padding: 4px 12px;
        border-radius: 16px;
        white-space: nowrap;
        background: color-mix(in srgb, var(--need) 14%, transparent);
      }
      .status ha-icon {
        color: var(--need);
      }
      .full .content {
        display: flex;
        flex-direction: column;
        gap: 14px;
        padding: 16px;
      }
      .full > obico-printer-camera {
        aspect-ratio: 16 / 9;
      }
      .offline obico-printer-camera:not([thumb]) {
        aspect-ratio: 16 / 5;
      }
      .line {
        display: flex;
        align-items: center;
        gap: 12px;
        padding: 10px 12px;
      }
      .line .content {
        flex: 1;
        min-width: 0;
      }
      obico-printer-camera[thumb] {
        flex: none;
        width: 96px;
        height: 72px;
        border-radius: 8px;
      }
      .compact > obico-printer-alert:not([empty]) {
        margin: 0 12px 12px;
      }
      @container (max-width: 419px) {
        .compact .status {
          padding: 4px;
        }
        /* Still read out. */
        .compact .status span {
          position: absolute;
          clip-path: inset(50%);
        }
        obico-printer-camera[thumb] {
          width: 56px;
          height: 56px;
        }
      }
      @container (min-width: 700px) {
        ha-card.full {
          display: grid;
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          align-items: stretch;
        }
        .full > obico-printer-camera,
        .offline obico-printer-camera:not([thumb]) {
          aspect-ratio: auto;
          min-height: 240px;
        }
        .full > .content:only-child {
          grid-column: 1 / -1;
        }
      }
    `,
  ];
}
