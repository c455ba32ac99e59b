import { html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { Chunk } from "../shared/chunk";
import { isConcerned } from "../shared/concerns";
import { define } from "../shared/define";
import { fire, showMore } from "../shared/fire";
import type { HomeAssistant } from "../shared/hass";
import { contentTag } from "../shared/lazy-card";
import { isOfflineInPrint } from "../shared/need";
import { entityId, nameOf, printerOf, type Printer } from "../shared/printers";
import { recall, remember, viewOf } from "../shared/seen";
import { statusOf, type Status } from "../shared/status";
import { shared } from "../shared/styles";
import { loadTexts, text } from "../shared/texts";
import { CARD, isCompact, shows, type CardConfig, type Part } from "./config";
import { PrinterPart } from "./part";
import "./parts/ai";
import "./parts/alert";
import "./parts/camera";
import "./parts/controls";
import "./parts/job";
import "./parts/notice";
import { cardStyles } from "./printer-card-styles";

// The parts that are loaded after the others.
const MORE = ["temperatures", "preheat", "events"] as const;

/** The content of the card of a printer. */
export class PrinterCard extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  /** The level of the heading. */
  @property({ attribute: false }) level = 2;
  /** Whether the printer is selected; undefined if it cannot be selected. */
  @property({ attribute: false }) chosen: boolean | undefined;
  @state() private config?: CardConfig;

  private readonly more = new Chunk(this, () => import("./parts/more"));

  setConfig(config: CardConfig): void {
    this.config = config;
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    // Most updates of `hass` concern other entities, and there may be many cards.
    return isConcerned(
      changed,
      this.hass,
      (hass) => printerOf(hass, this.config?.device_id)?.about ?? [],
    );
  }

  protected override willUpdate(): void {
    if (!this.hass) return;
    void loadTexts(this.hass);
    const printer = printerOf(this.hass, this.config?.device_id);
    if (printer) remember(this.hass, printer);
  }

  protected override render() {
    const { hass, config } = this;
    if (!hass || !config) return nothing;
    const printer = printerOf(hass, config.device_id);
    if (!printer) {
      const why = config.device_id === undefined ? "card.no_printer" : "card.printer_gone";
      return html`<ha-card><p class="message">${text(hass.localize, why)}</p></ha-card>`;
    }
    const view = viewOf(hass, printer);
    if (view.asOf) {
      void recall(hass, printer).then((isNews) => {
        if (!isNews) return;
        this.requestUpdate("config");
        fire(this, "obico-recalled");
      });
    }
    const status = statusOf(view.hass, printer);
    const head = this.renderHead(printer, status, config);
    const render = isCompact(config) ? this.renderCompact : this.renderFull;
    const isOffline = isOfflineInPrint(view.hass, printer);
    const layout = isCompact(config) ? "compact" : `full ${besideOf(config, status, isOffline)}`;
    return html`<ha-card class="${status.need} ${layout} ${view.asOf ? "past" : ""}">
      ${render.call(this, printer, config, head, status.need === "idle" && !view.asOf)}
    </ha-card>`;
  }

  protected override updated(): void {
    const { hass, config } = this;
    const printer = hass && printerOf(hass, config?.device_id);
    if (!printer || !config) return;
    // The parts render after this, in their own update.
    const { hass: seen, asOf } = viewOf(hass, printer);
    const shown = {
      hass: seen,
      printer,
      asOf,
      brief: config.brief === true || isCompact(config),
      level: this.level + 1,
    };
    for (const part of this.renderRoot.querySelectorAll("*")) {
      if (part instanceof PrinterPart) Object.assign(part, shown);
    }
  }

  private renderFull(printer: Printer, config: CardConfig, head: unknown, canPreheat: boolean) {
    const part = (name: Part, what: unknown) => (shows(config, name) ? what : nothing);
    return html`
      ${
        printer.entities.has("camera.webcam")
          ? part("camera", html`<obico-printer-camera></obico-printer-camera>`)
          : nothing
      }
      <div class="content">
        <div class="main">
          ${head}
          <obico-printer-notice></obico-printer-notice>
          <obico-printer-alert></obico-printer-alert>
          ${part("job", html`<obico-printer-job></obico-printer-job>`)}
          ${part("controls", html`<obico-printer-controls></obico-printer-controls>`)}
          ${part("ai", html`<obico-printer-ai></obico-printer-ai>`)}
        </div>
        <div class="more">${this.renderMore(config, canPreheat)}</div>
      </div>
    `;
  }

  private renderMore(config: CardConfig, canPreheat: boolean) {
    const isShown = (name: Part) =>
      // Profiles would change the temperatures of a print.
      shows(config, name) && (name !== "preheat" || canPreheat);
    const shown = MORE.filter(isShown);
    if (shown.length === 0) return nothing;
    const objects = shows(config, "controls") ? (["objects"] as const) : [];
    return this.more.render(this.hass!, ({ part }) => [...objects, ...shown].map(part));
  }

  private renderCompact(printer: Printer, config: CardConfig, head: unknown) {
    return html`
      <div class="line">
        ${this.renderChoice(printer)}
        ${
          shows(config, "camera") && printer.entities.has("camera.webcam")
            ? html`<obico-printer-camera thumb></obico-printer-camera>`
            : nothing
        }
        <div class="content">
          ${head}
          <obico-printer-notice></obico-printer-notice>
          ${shows(config, "job") ? html`<obico-printer-job compact></obico-printer-job>` : nothing}
          ${shows(config, "ai") ? html`<obico-printer-ai compact></obico-printer-ai>` : nothing}
        </div>
        ${
          // While printers are selected, the bar has the buttons.
          shows(config, "controls") && this.chosen === undefined
            ? html`<obico-printer-controls bare></obico-printer-controls>`
            : nothing
        }
      </div>
      <obico-printer-alert compact></obico-printer-alert>
    `;
  }

  private renderHead(printer: Printer, status: Status, config: CardConfig) {
    const id = entityId(printer, "sensor.status");
    const name = config.name || nameOf(printer);
    const path = config.navigation_path;
    const words = html`<ha-icon icon=${status.icon}></ha-icon><span>${status.words}</span>`;
    return html`<div class="head">
      <h2 aria-level=${this.level}>
        ${
          path
            ? html`<a href=${path}
                ><bdi>${name}</bdi><ha-icon icon="mdi:chevron-right"></ha-icon
              ></a>`
            : html`<bdi>${name}</bdi>`
        }
      </h2>
      ${
        id === undefined
          ? html`<span class="status">${words}</span>`
          : html`<button class="status" @click=${() => showMore(this, id)}>
              ${words} <span class="sr">${name}</span>
            </button>`
      }
    </div>`;
  }

  private renderChoice(printer: Printer) {
    if (this.chosen === undefined) return nothing;
    // The label makes the area larger that a finger can touch.
    return html`<label
      ><input
        type="checkbox"
        aria-label=${text(this.hass!.localize, "dashboard.choose_printer", {
          printer: nameOf(printer),
        })}
        .checked=${this.chosen}
        @change=${(event: Event) =>
          fire(this, "obico-chosen", {
            device: printer.device.id,
            chosen: (event.target as HTMLInputElement).checked,
          })}
    /></label>`;
  }

  static override styles = [shared, cardStyles];
}

/**
 * Returns the classes of a card whose parts stand beside the picture where there is room.
 *
 * Without a print, and with neither presets nor events, little would stand there: then the picture is large instead.
 * Where all parts together are about as high as the picture, all stand beside it; otherwise some stand below it.
 */
function besideOf(config: CardConfig, { need }: Status, isOffline: boolean): string {
  const hasEvents = shows(config, "events");
  if (need === "idle" && !hasEvents && !shows(config, "preheat")) return "";
  const isShort =
    isOffline ||
    need === "idle" ||
    need === "offline" ||
    need === "unreachable" ||
    ((need === "printing" || need === "paused") && !hasEvents);
  return isShort ? "beside short" : "beside";
}

define(contentTag(CARD), PrinterCard);
