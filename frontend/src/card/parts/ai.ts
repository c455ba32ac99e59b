import { css, html, nothing } from "lit";

import { define } from "../../shared/define";
import { showMore } from "../../shared/fire";
import { entityId, isOn } from "../../shared/printers";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";
import { shared } from "../../shared/styles";

/** What the AI thinks of the print, in its three zones; or why it does not look. */
class PrinterAi extends PrinterPart {
  protected override shown() {
    return this.ids(
      "sensor.file",
      "sensor.failure_score",
      "sensor.failure_level",
      "sensor.not_watching_reason",
      "binary_sensor.watching",
    );
  }

  protected override render() {
    const { hass } = this;
    const why = this.known("sensor.not_watching_reason");
    const hasJob = this.known("sensor.file") !== undefined;
    // That nothing is printed is to be seen without being told here.
    if (!why || (!hasJob && why.state === "not_printing")) return nothing;
    const watching = isOn(hass, this.printer, "binary_sensor.watching");
    const score = hasJob ? this.number("sensor.failure_score") : undefined;
    const level = watching && score !== undefined ? this.known("sensor.failure_level") : undefined;
    const said = hass.formatEntityState(level ?? why);
    const label = text(hass.localize, "card.ai");
    const more = level && entityId(this.printer, "sensor.failure_score");
    return html`<div class=${level?.state ?? "blind"}>
      <button @click=${() => showMore(this, more ?? why.entity_id)}>
        <ha-icon icon=${watching ? "mdi:eye" : "mdi:eye-off"}></ha-icon>
        <span>${label}</span>
        <span class="said ${level ? "" : "secondary"}">${said}</span>
      </button>
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

  static override styles = [
    shared,
    css`
      button {
        display: flex;
        align-items: center;
        gap: 8px;
        width: 100%;
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
      .blind .gauge {
        opacity: 0.6;
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
      @media (prefers-reduced-motion: reduce) {
        .hand {
          transition: none;
        }
      }
    `,
  ];
}

define("obico-printer-ai", PrinterAi);
