import { css, html, LitElement, nothing } from "lit";
import { property } from "lit/decorators/property.js";
import { query } from "lit/decorators/query.js";
import { state } from "lit/decorators/state.js";

import { perform } from "../shared/act";
import { define } from "../shared/define";
import { fileName } from "../shared/file-name";
import type { HomeAssistant } from "../shared/hass";
import { nameOf } from "../shared/printers";
import { isIdle } from "../shared/status";
import { dialogStyles } from "../shared/dialog-styles";
import { shared } from "../shared/styles";
import { text } from "../shared/texts";
import type { PrintFile, Source } from "./library";

/** Asks once whether the bed is empty, and on which printer a file is to be printed, and starts the print. */
export class StartDialog extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @state() private file: PrintFile | undefined;
  @state() private source: Source | undefined;
  @state() private deviceId = "";
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;

  /** Opens the dialog. */
  show(source: Source, file: PrintFile): void {
    this.source = source;
    this.file = file;
    this.deviceId = idleOf(this.hass, source)[0]?.device.id ?? "";
  }

  protected override updated(): void {
    if (this.file && this.dialog && !this.dialog.open) this.dialog.showModal();
  }

  private start(): void {
    const { hass, source, file, deviceId } = this;
    if (!source || !file || !deviceId) return;
    this.dialog?.close();
    void perform(hass, {
      perform_action: "obico.start_print",
      data: { device_id: deviceId, source: source.kind, file: file.path },
    });
  }

  protected override render() {
    const { hass, source, file } = this;
    if (!source || !file) return nothing;
    const { localize } = hass;
    const idle = idleOf(hass, source);
    const printer = idle.find(({ device }) => device.id === this.deviceId);
    return html`<dialog
      aria-labelledby="title"
      @close=${() => (this.file = undefined)}
      @click=${(event: Event) => event.target === this.dialog && this.dialog?.close()}
    >
      <div class="content">
        <h2 id="title">${text(localize, "prints.start")}</h2>
        <div class="name">${fileName(file.name)}</div>
        ${
          idle.length > 1
            ? html`<label>
                <span>${text(localize, "library.printer")}</span>
                <select
                  @change=${(event: Event) =>
                    (this.deviceId = (event.target as HTMLSelectElement).value)}
                >
                  ${idle.map(
                    (each) =>
                      html`<option
                        value=${each.device.id}
                        ?selected=${each.device.id === this.deviceId}
                      >
                        ${nameOf(each)}
                      </option>`,
                  )}
                </select>
              </label>`
            : nothing
        }
        <p>
          ${
            printer
              ? text(localize, "prints.is_bed_empty", {
                  printer: nameOf(printer),
                  file: file.name,
                })
              : text(localize, "library.no_idle")
          }
        </p>
        <div class="answers">
          <button class="action" @click=${() => this.dialog?.close()}>
            ${text(localize, "library.not_now")}
          </button>
          ${
            printer
              ? html`<button class="action" @click=${this.start}>
                  ${text(localize, "prints.start")}
                </button>`
              : nothing
          }
        </div>
      </div>
    </dialog>`;
  }

  static override styles = [
    shared,
    dialogStyles,
    css`
      dialog {
        width: min(440px, 100vw);
      }
      .content {
        gap: 12px;
        padding-top: 20px;
      }
      p {
        margin: 0;
      }
      .name {
        display: flex;
        min-width: 0;
        font-weight: 500;
      }
      label {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      select {
        flex: 1;
        min-width: 0;
        min-height: 44px;
        padding: 0 8px;
        font: inherit;
        color: inherit;
        background: var(--secondary-background-color);
        border: 1px solid var(--secondary-text-color);
        border-radius: 8px;
      }
      .answers {
        display: flex;
        justify-content: flex-end;
        gap: 12px;
      }
    `,
  ];
}

/** Returns the printers that can begin with a file of a source. */
export function idleOf(hass: HomeAssistant, { printers }: Source) {
  return printers.filter((printer) => isIdle(hass, printer));
}

define("obico-start-dialog", StartDialog);
