import { css, html, LitElement, nothing } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { define } from "../shared/define";
import { fileName } from "../shared/file-name";
import { fire } from "../shared/fire";
import { formatNumber } from "../shared/format";
import type { HomeAssistant } from "../shared/hass";
import { messageOf } from "../shared/response";
import { shared } from "../shared/styles";
import { text } from "../shared/texts";
import type { PrintFile } from "./library";
import { upload } from "./upload";

/** Where files are uploaded to. */
export interface Target {
  readonly entryId: string;
  readonly folder: string;
}

interface Entry {
  readonly id: number;
  readonly file: File;
  readonly target: Target;
  /** The part that is sent. */
  readonly part: number;
  readonly problem?: string;
  readonly done?: PrintFile;
}

let count = 0;

/** The files that are being uploaded, one after the other, and those that were. */
export class Uploads extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @state() private entries: readonly Entry[] = [];
  private isRunning = false;

  /** Adds files to those that are uploaded. */
  add(files: Iterable<File>, target: Target): void {
    const added = [...files].map((file): Entry => ({ id: (count += 1), file, target, part: 0 }));
    this.entries = [...this.entries, ...added];
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (let next = this.next; next; next = this.next) {
      const { id, file, target } = next;
      try {
        const done = await upload(this.hass, {
          ...target,
          file,
          progress: (part) => this.change(id, { part }),
        });
        this.change(id, { done, part: 1 });
        fire(this, "obico-uploaded", done);
      } catch (error) {
        this.change(id, { problem: messageOf(error) });
      }
    }
    this.isRunning = false;
  }

  private get next(): Entry | undefined {
    return this.entries.find(({ done, problem }) => !done && problem === undefined);
  }

  private change(id: number, change: Partial<Entry>): void {
    this.entries = this.entries.map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
  }

  private forget(id: number): void {
    this.entries = this.entries.filter((entry) => entry.id !== id);
  }

  protected override render() {
    const { localize, locale } = this.hass;
    // A live region must exist before its content changes.
    return html`<div role="status">
      <ul>
        ${this.entries.map(
          ({ id, file, part, problem, done }) =>
            html`<li class=${problem === undefined ? "" : "failed"}>
              <div class="name">${fileName(file.name)}</div>
              ${
                problem === undefined && !done
                  ? html`<progress max="1" value=${part} aria-label=${file.name}></progress>
                      <span class="small secondary">${formatNumber(part * 100, locale)} %</span>`
                  : html`<span class="said">${problem ?? text(localize, "library.uploaded")}</span>
                      ${
                        done
                          ? html`<button
                              class="action"
                              @click=${() => fire(this, "obico-start", done)}
                            >
                              ${text(localize, "prints.start")}
                            </button>`
                          : nothing
                      }
                      <button
                        class="action close"
                        aria-label=${text(localize, "card.close")}
                        @click=${() => this.forget(id)}
                      >
                        <ha-icon icon="mdi:close"></ha-icon>
                      </button>`
              }
            </li>`,
        )}
      </ul>
    </div>`;
  }

  static override styles = [
    shared,
    css`
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        margin-bottom: 8px;
        padding: 8px 12px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--tint, var(--primary-color)) 12%, transparent);
      }
      .failed {
        --tint: var(--error-color);
      }
      .name {
        display: flex;
        flex: 1 1 160px;
        min-width: 0;
      }
      .said {
        overflow-wrap: anywhere;
      }
      .failed .said {
        flex: 1 1 200px;
      }
      progress {
        flex: 1 1 120px;
        accent-color: var(--primary-color);
      }
      .close {
        width: 40px;
        padding: 0;
        background: none;
      }
    `,
  ];
}

define("obico-uploads", Uploads);
