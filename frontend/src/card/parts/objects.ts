import { css, html, nothing } from "lit";

import { loadOrTell } from "../../shared/chunk";
import { define } from "../../shared/define";
import { fire } from "../../shared/fire";
import { nameOf } from "../../shared/printers";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";
import type { ObjectsDialogParams } from "./objects-dialog";

const PRINTING: readonly string[] = ["heating", "printing", "paused"];

/** Opens the dialog with the objects of a print, which only Klipper can leave out. */
class PrinterObjects extends PrinterPart {
  protected override shown() {
    return this.ids("sensor.status", "sensor.fan_speed");
  }

  protected override render() {
    // Only Klipper's agent reports the fan.
    const isKlipper = this.printer.entities.has("sensor.fan_speed");
    const status = this.known("sensor.status")?.state ?? "";
    if (this.brief || this.asOf || !isKlipper || !PRINTING.includes(status)) return nothing;
    return html`<button class="action" @click=${() => this.open()}>
      <ha-icon icon="mdi:selection-remove"></ha-icon>
      ${text(this.hass.localize, "card.objects")}
      <span class="sr">${nameOf(this.printer)}</span>
    </button>`;
  }

  private async open(): Promise<void> {
    const dialog = await loadOrTell(this, this.hass, () => import("./objects-dialog"));
    if (!dialog) return;
    fire(this, "show-dialog", {
      dialogTag: dialog.OBJECTS_DIALOG,
      dialogImport: () => Promise.resolve(),
      dialogParams: { deviceId: this.printer.device.id } satisfies ObjectsDialogParams,
    });
  }

  static override styles = [
    shared,
    css`
      :host([empty]) {
        display: none;
      }
      .action {
        display: inline-flex;
        align-items: center;
        gap: 8px;
      }
    `,
  ];
}

define("obico-printer-objects", PrinterObjects);
