import { css, html, nothing } from "lit";
import { property } from "lit/decorators/property.js";

import type { Question } from "../../shared/act";
import { define } from "../../shared/define";
import { entityId, nameOf, stateOf } from "../../shared/printers";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";
import { shared } from "../../shared/styles";
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

// What makes sense in which status; in all others nothing does.
const CONTROLS: Readonly<Record<string, readonly Control[]>> = {
  starting: [PAUSE, CANCEL],
  printing: [PAUSE, CANCEL],
  resuming: [PAUSE, CANCEL],
  pausing: [RESUME, CANCEL],
  paused: [RESUME, CANCEL],
  disconnected: [CONNECT],
};

/** The buttons of a print. */
class PrinterControls extends PrinterPart {
  @property({ type: Boolean }) bare = false;

  protected override shown() {
    return this.ids(
      "sensor.status",
      "sensor.file",
      "button.pause",
      "button.resume",
      "button.cancel",
      "button.connect",
    );
  }

  protected override render() {
    const controls = CONTROLS[this.known("sensor.status")?.state ?? ""] ?? [];
    // By place and not by key: who has pressed Pause has the focus on Resume.
    return controls.map(({ key, icon, asks }) => {
      const id = entityId(this.printer, `button.${key}`);
      return id === undefined
        ? nothing
        : html`<obico-press-button
            .hass=${this.hass}
            .entityId=${id}
            .question=${asks ? this.question() : undefined}
            .bare=${this.bare}
            class=${key}
            icon=${icon}
          ></obico-press-button>`;
    });
  }

  private question(): Question {
    const { localize } = this.hass;
    // Without a file's name the sensor is unknown, and tells the print all the same.
    const printId = stateOf(this.hass, this.printer, "sensor.file")?.attributes["print_id"];
    return {
      title: text(localize, "card.cancel_title"),
      text: text(localize, "card.cancel_text", {
        printer: nameOf(this.printer),
        file: this.known("sensor.file")?.state ?? "",
      }),
      confirm: localize("component.obico.entity.button.cancel.name"),
      dismiss: text(localize, "card.cancel_not"),
      // Of that print and no other, however late somebody answers.
      ...(printId
        ? {
            action: {
              perform_action: "obico.cancel_print",
              data: { device_id: [this.printer.device.id], print_id: printId },
            },
          }
        : {}),
    };
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      obico-press-button {
        flex: 1 1 auto;
      }
      :host([bare]) {
        flex-wrap: nowrap;
      }
      .cancel {
        --tint: var(--error-color);
      }
    `,
  ];
}

define("obico-printer-controls", PrinterControls);
