import { css, html, nothing } from "lit";
import { property } from "lit/decorators/property.js";

import { define } from "../../shared/define";
import { showMore } from "../../shared/fire";
import { isWatched } from "../../shared/need";
import { entityId, nameOf } from "../../shared/printers";
import { isInPrint } from "../../shared/status";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";

// Reasons that repeat the status of the printer.
const OBVIOUS: ReadonlySet<string> = new Set(["not_printing", "paused", "offline"]);

/** The failure level as a gauge while the AI watches, else the reason why it does not. */
class PrinterAi extends PrinterPart {
  /** Whether only that a print is not watched is shown. */
  @property({ type: Boolean, reflect: true }) compact = false;

  protected override shown() {
    return this.ids(
      "sensor.status",
      "sensor.failure_score",
      "sensor.failure_level",
      "sensor.not_watching_reason",
      "binary_sensor.watching",
    );
  }

  protected override render() {
    const { hass } = this;
    // The score of a print that is not watched is outdated.
    if (isWatched(hass, this.printer)) return this.compact ? nothing : this.renderGauge();
    const why = this.known("sensor.not_watching_reason");
    if (!why || OBVIOUS.has(why.state)) return nothing;
    const said = hass.formatEntityState(why);
    if (!this.compact) return this.renderLine("mdi:eye-off", why.entity_id, said);
    if (!isInPrint(hass, this.printer)) return nothing;
    // The name of the printer, in the head of the card, leads to where this can be changed.
    return html`<p class="secondary small">
      <ha-icon icon="mdi:eye-off"></ha-icon>
      <span>${text(hass.localize, "card.ai")} · ${said}</span>
    </p>`;
  }

  private renderGauge() {
    const { hass, printer } = this;
    const level = this.known("sensor.failure_level");
    const score = this.number("sensor.failure_score");
    const state =
      level ?? this.known("sensor.not_watching_reason") ?? this.known("binary_sensor.watching");
    if (!state) return nothing;
    const said = hass.formatEntityState(state);
    const more = entityId(printer, "sensor.failure_score") ?? state.entity_id;
    return html`<div class=${level?.state ?? "blind"}>
      ${this.renderLine("mdi:eye", more, said, level !== undefined)}
      ${
        score === undefined
          ? nothing
          : html`<div
              class="gauge"
              role="meter"
              aria-label=${hass.localize("component.obico.entity.sensor.failure_score.name")}
              aria-valuemin="0"
              aria-valuemax="100"
              aria-valuenow=${Math.round(score)}
              aria-valuetext=${said}
            >
              <div class="zone ok"></div>
              <div class="zone warning"></div>
              <div class="zone failing"></div>
              <div class="hand" style="inset-inline-start: ${score}%"></div>
            </div>`
      }
    </div>`;
  }

  private renderLine(icon: string, entity: string, said: string, isStrong = false) {
    const label = text(this.hass.localize, "card.ai");
    return html`<button @click=${() => showMore(this, entity)}>
      <ha-icon icon=${icon}></ha-icon>
      <span>${label}</span>
      <span class="said ${isStrong ? "" : "secondary"}">${said}</span>
      <span class="sr">${nameOf(this.printer)}</span>
    </button>`;
  }

  static override styles = [
    shared,
    css`
      button {
        display: flex;
        align-items: center;
        gap: 8px;
        width: 100%;
        min-height: 24px;
      }
      p {
        display: flex;
        align-items: center;
        gap: 8px;
        margin: 4px 0 0;
      }
      p ha-icon {
        --mdc-icon-size: 16px;
      }
      .said {
        margin-inline-start: auto;
        text-align: end;
        font-weight: 500;
      }
      .said.secondary {
        font-weight: 400;
      }
      .ok {
        --zone: var(--success-color);
      }
      .warning {
        --zone: var(--warning-color);
      }
      .failing {
        --zone: var(--error-color);
      }
      .blind {
        --zone: var(--secondary-text-color);
      }
      ha-icon {
        color: var(--zone);
      }
      .gauge {
        position: relative;
        display: flex;
        gap: 2px;
        margin-top: 4px;
        padding: 4px 0;
      }
      .zone {
        flex: 1;
        height: 8px;
        border-radius: 3px;
        background: color-mix(in srgb, var(--zone) 45%, transparent);
      }
      .hand {
        position: absolute;
        top: 0;
        width: 4px;
        height: 16px;
        margin-inline-start: -2px;
        border-radius: 2px;
        background: var(--primary-text-color);
        box-shadow: 0 0 0 2px var(--card-background-color);
        transition: inset-inline-start 0.5s;
      }
      @media (pointer: coarse) {
        button {
          min-height: 44px;
        }
      }
      @media (forced-colors: active) {
        .zone {
          border: 1px solid CanvasText;
        }
        .hand {
          forced-color-adjust: none;
          background: Highlight;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .hand {
          transition: none;
        }
      }
    `,
  ];
}

define("obico-printer-ai", PrinterAi);
