import { css, html, nothing } from "lit";
import { property } from "lit/decorators/property.js";

import { cancelQuestion } from "../../shared/act";
import { define } from "../../shared/define";
import { FAILURE_KEYS, isFailing, isStoppedInPrint } from "../../shared/need";
import { entityId, isOn, nameOf } from "../../shared/printers";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";
import "./press-button";

interface Control {
  readonly key: string;
  readonly icon: string;
  readonly asks?: boolean;
}

const PAUSE: Control = { key: "pause", icon: "mdi:pause" };
const RESUME: Control = { key: "resume", icon: "mdi:play" };
const CANCEL: Control = { key: "cancel", icon: "mdi:stop", asks: true };
const CONNECT: Control = { key: "connect", icon: "mdi:connection" };

// The buttons by status. Other statuses have none.
const CONTROLS: Readonly<Record<string, readonly Control[]>> = {
  starting: [PAUSE, CANCEL],
  heating: [PAUSE, CANCEL],
  printing: [PAUSE, CANCEL],
  resuming: [PAUSE, CANCEL],
  pausing: [RESUME, CANCEL],
  paused: [RESUME, CANCEL],
  disconnected: [CONNECT],
  // OctoPrint closes the connection after an error; Klipper has no such button.
  error: [CONNECT],
};

// Buttons that use shorter names, so that two fit side by side in every language.
const SHORT: ReadonlySet<string> = new Set(["pause", "resume", "cancel"]);

/** The buttons of a print. */
class PrinterControls extends PrinterPart {
  @property({ type: Boolean }) bare = false;

  protected override shown() {
    return this.ids(
      ...FAILURE_KEYS,
      "sensor.status",
      "sensor.file",
      "sensor.not_watching_reason",
      "binary_sensor.printing",
      "button.pause",
      "button.resume",
      "button.cancel",
      "button.connect",
    );
  }

  private get status(): string | undefined {
    const { hass, printer } = this;
    if (entityId(printer, "sensor.status")) return this.known("sensor.status")?.state;
    // Where that is disabled, others tell enough of a print.
    if (isStoppedInPrint(hass, printer)) return "paused";
    return isOn(hass, printer, "binary_sensor.printing") ? "printing" : undefined;
  }

  protected override render() {
    const { hass, printer } = this;
    // Without a connection to the server no command can be sent.
    if (this.asOf) return nothing;
    const controls = CONTROLS[this.status ?? ""] ?? [];
    // The alert has a cancel button, too.
    const isAnswer = isFailing(hass, printer);
    // Not keyed: Resume reuses the element of Pause, which keeps the focus.
    return controls.map(({ key, icon, asks }) => {
      const id = entityId(printer, `button.${key}`);
      return id === undefined || (asks && isAnswer)
        ? nothing
        : html`<obico-press-button
            .hass=${hass}
            .entityId=${id}
            .of=${nameOf(printer)}
            .label=${SHORT.has(key) ? text(hass.localize, `card.${key}`) : ""}
            .question=${asks ? cancelQuestion(hass, printer) : undefined}
            .bare=${this.bare}
            class=${key}
            icon=${icon}
          ></obico-press-button>`;
    });
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 12px;
      }
      /* Side by side on any phone, and not on cards of half that width. */
      obico-press-button {
        flex: 1 1 88px;
        min-width: 0;
      }
      :host([bare]) obico-press-button {
        flex: none;
      }
      /* More distance, so that a finger does not hit the wrong button. */
      @media (pointer: coarse) {
        :host {
          gap: 20px;
        }
        :host([bare]) {
          gap: 12px;
        }
      }
      .cancel {
        --tint: var(--error-color);
      }
    `,
  ];
}

define("obico-printer-controls", PrinterControls);
