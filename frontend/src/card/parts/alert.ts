import { css, html, nothing } from "lit";

import { define } from "../../shared/define";
import { formatMoment } from "../../shared/format";
import { entityId, isOn } from "../../shared/printers";
import { PrinterPart } from "../part";
import { shared } from "../../shared/styles";
import "./press-button";

/** What a person has to look at, with the answers to it. It is read out when it appears. */
class PrinterAlert extends PrinterPart {
  protected override shown() {
    return this.ids(
      "binary_sensor.failure_detected",
      "binary_sensor.problem",
      "binary_sensor.attention",
      "sensor.last_alert",
      "event.printer_event",
    );
  }

  protected override get isEmpty(): boolean {
    return this.renderRoot.querySelector(".box") === null;
  }

  protected override render() {
    // Always there: what reads it out follows an element that it knows.
    return html`<div role="alert">${this.renderAlert()}</div>`;
  }

  private renderAlert() {
    const { hass, printer } = this;
    if (isOn(hass, printer, "binary_sensor.failure_detected")) {
      const since = this.known("sensor.last_alert");
      return this.renderBox(
        "failure_detected",
        "mdi:alert-octagon",
        since && formatMoment(new Date(since.state), hass),
        html`<div class="answers">
          ${["not_a_failure", "confirm_failure"].map((key) => {
            const id = entityId(printer, `button.${key}`);
            return id === undefined
              ? nothing
              : html`<obico-press-button .hass=${hass} .entityId=${id}></obico-press-button>`;
          })}
        </div>`,
      );
    }
    if (isOn(hass, printer, "binary_sensor.problem")) {
      return this.renderBox("problem", "mdi:alert", this.lastEvent("printer_error"));
    }
    if (isOn(hass, printer, "binary_sensor.attention")) {
      return this.renderBox("attention", "mdi:hand-back-right", this.lastEvent("filament_change"));
    }
    return nothing;
  }

  /** Returns what the last event says, if it is of a type. */
  private lastEvent(type: string): string | undefined {
    const event = this.known("event.printer_event");
    if (event?.attributes["event_type"] !== type) return undefined;
    return this.hass.formatEntityAttributeValue(event, "event_type");
  }

  private renderBox(key: string, icon: string, detail?: string, answers: unknown = nothing) {
    const title = this.hass.localize(`component.obico.entity.binary_sensor.${key}.name`);
    return html`<div class="box ${key}">
      <ha-icon icon=${icon}></ha-icon>
      <div class="what">
        <span class="title">${title}</span>
        ${detail === undefined ? nothing : html`<span class="secondary">${detail}</span>`}
      </div>
      ${answers}
    </div>`;
  }

  static override styles = [
    shared,
    css`
      .box {
        --tint: var(--error-color);
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        padding: 10px 12px;
        border-radius: 12px;
        border-inline-start: 4px solid var(--tint);
        background: color-mix(in srgb, var(--tint) 14%, transparent);
      }
      .attention {
        --tint: var(--warning-color);
      }
      ha-icon {
        --mdc-icon-size: 24px;
        color: var(--tint);
      }
      .what {
        flex: 1 1 120px;
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
      }
      .title {
        font-weight: 500;
      }
      .answers {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
    `,
  ];
}

define("obico-printer-alert", PrinterAlert);
