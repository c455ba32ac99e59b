import { css, html, nothing } from "lit";
import { property } from "lit/decorators/property.js";

import { cancelQuestion } from "../../shared/act";
import { define } from "../../shared/define";
import { formatMoment } from "../../shared/format";
import { FAILURE_KEYS, isFailing, isOfflineInPrint } from "../../shared/need";
import { entityId, isOn, nameOf, stateOf } from "../../shared/printers";
import { isInPrint, reasonOf } from "../../shared/status";
import { boxStyles, shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";
import "./press-button";

/** Failures, errors and requests of the printer, with their answers. Screen readers announce them. */
class PrinterAlert extends PrinterPart {
  /** Whether it is part of a compact card. */
  @property({ type: Boolean }) compact = false;

  protected override shown() {
    return this.ids(
      ...FAILURE_KEYS,
      "sensor.status",
      "sensor.file",
      "sensor.error",
      "sensor.last_alert",
      "binary_sensor.problem",
      "binary_sensor.attention",
      "event.printer_event",
    );
  }

  protected override get isEmpty(): boolean {
    return this.renderRoot.querySelector(".box") === null;
  }

  protected override render() {
    const { hass, printer } = this;
    // A live region must exist before its content changes.
    return html`<div role="alert">
      ${isFailing(hass, printer) ? this.renderFailure() : nothing}
      ${
        isOn(hass, printer, "binary_sensor.problem")
          ? this.renderBox("problem", text(hass.localize, "card.problem"), "mdi:alert", this.error)
          : nothing
      }
      ${
        isOn(hass, printer, "binary_sensor.attention")
          ? this.renderBox(
              "attention",
              this.entityName("attention"),
              "mdi:hand-back-right",
              reasonOf(hass, printer),
            )
          : nothing
      }
      ${
        isOfflineInPrint(hass, printer)
          ? this.renderBox(
              "attention",
              text(hass.localize, "card.offline_in_print"),
              "mdi:printer-3d-off",
              text(hass.localize, "card.offline_in_print_text"),
            )
          : nothing
      }
    </div>`;
  }

  private renderFailure() {
    const { hass, printer } = this;
    const since = this.known("sensor.last_alert");
    // The server accepts one answer per alert, and counts cancelling as one.
    const isOpen = isOn(hass, printer, "binary_sensor.failure_detected");
    return this.renderBox(
      "failure",
      this.entityName("failure_detected"),
      "mdi:alert-octagon",
      [since && formatMoment(new Date(since.state), hass), this.status]
        .filter((each) => each !== undefined)
        .join(" · "),
      this.asOf
        ? nothing
        : html`<div class="answers">
            ${isOpen ? this.renderAnswer("not_a_failure") : nothing}
            ${isInPrint(hass, printer) ? this.renderAnswer("cancel") : nothing}
          </div>`,
    );
  }

  /** What the printer does, where the head of a narrow card has only its icon. */
  private get status(): string | undefined {
    const status = this.compact ? this.known("sensor.status") : undefined;
    return status && this.hass.formatEntityState(status);
  }

  private renderAnswer(key: string) {
    const { hass, printer } = this;
    const id = entityId(printer, `button.${key}`);
    return id === undefined
      ? nothing
      : html`<obico-press-button
          .hass=${hass}
          .entityId=${id}
          .of=${nameOf(printer)}
          .question=${key === "cancel" ? cancelQuestion(hass, printer) : undefined}
        ></obico-press-button>`;
  }

  /** The printer's error message. */
  private get error(): string | undefined {
    const { hass, printer } = this;
    const sensor = this.known("sensor.error")?.state;
    const problem = stateOf(hass, printer, "binary_sensor.problem")?.attributes["error"];
    const event = this.known("event.printer_event")?.attributes;
    const title = event?.["event_type"] === "printer_error" ? event["title"] : undefined;
    const said = sensor ?? problem ?? title;
    return typeof said === "string" && said ? said : undefined;
  }

  private entityName(key: string): string {
    return this.hass.localize(`component.obico.entity.binary_sensor.${key}.name`);
  }

  private renderBox(
    kind: string,
    title: string,
    icon: string,
    detail?: string,
    answers: unknown = nothing,
  ) {
    return html`<div class="box ${kind}">
      <ha-icon icon=${icon}></ha-icon>
      <div class="what">
        <span class="title">${title}</span>
        ${detail === undefined ? nothing : html`<bdi class="secondary">${detail}</bdi>`}
      </div>
      ${answers}
    </div>`;
  }

  static override styles = [
    shared,
    boxStyles,
    css`
      .box {
        --tint: var(--error-color);
        border-inline-start: 4px solid var(--tint);
      }
      .box + .box {
        margin-top: 8px;
      }
      .attention {
        --tint: var(--warning-color);
      }
      ha-icon {
        --mdc-icon-size: 24px;
      }
      .what {
        flex: 1 1 120px;
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .title {
        font-weight: 500;
      }
      /* As wide as the words of both, so that they go to a line of their own before they wrap. */
      .answers {
        flex: 1 1 auto;
        display: flex;
        flex-wrap: wrap;
        gap: 16px;
        min-width: 0;
      }
      obico-press-button {
        flex: 1 1 88px;
        min-width: 0;
      }
    `,
  ];
}

define("obico-printer-alert", PrinterAlert);
