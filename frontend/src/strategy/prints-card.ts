import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";
import { repeat } from "lit/directives/repeat.js";

import { ask, has } from "../shared/act";
import { isConcerned } from "../shared/concerns";
import { define } from "../shared/define";
import { fileName } from "../shared/file-name";
import type { HomeAssistant } from "../shared/hass";
import { contentTag } from "../shared/lazy-card";
import { entityId, nameOf, printerOf } from "../shared/printers";
import { printFacts, type Print } from "../shared/prints";
import { getResponse, messageOf } from "../shared/response";
import { isIdle } from "../shared/status";
import { factStyles, shared } from "../shared/styles";
import { loadTexts, text } from "../shared/texts";
import "../shared/timelapse";
import { Visible } from "../shared/visible";
import { PRINTS_CARD, type PrintsCardConfig } from "./config";

const MOST = 10;
// How many more are shown at a time, and how many the action gives at most.
const MORE = 20;
const LIMIT = 500;

const OUTCOMES = ["finished", "cancelled"] as const;
type Outcome = (typeof OUTCOMES)[number];

const ICONS = { finished: "mdi:check-circle", cancelled: "mdi:close-circle" };

/** A card with the prints of a printer, read from its server, whose time-lapses play where they stand. */
export class PrintsCard extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config?: PrintsCardConfig;
  @state() private prints: readonly Print[] = [];
  @state() private problem = "";
  @state() private isLoading = true;
  @state() private outcome: Outcome | undefined;
  @state() private count = MOST;

  // What the prints were loaded for: the outcome, how many, and the end of the last print.
  private loadedFor = "";
  private readonly visible = new Visible(this, () => void this.load());

  setConfig(config: PrintsCardConfig): void {
    this.config = config;
    this.count = config.limit ?? MOST;
    this.loadedFor = "";
  }

  getCardSize(): number {
    return 1 + this.prints.length;
  }

  private get printer() {
    return this.hass && printerOf(this.hass, this.config?.device_id);
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    const { printer } = this;
    // The status decides what can be printed again, the end changes when there is another print.
    return isConcerned(changed, this.hass, () =>
      ["sensor.status", "sensor.last_print_end"].map((key) => printer && entityId(printer, key)),
    );
  }

  protected override willUpdate(): void {
    if (this.hass) void loadTexts(this.hass);
  }

  protected override updated(): void {
    void this.load();
  }

  private async load(): Promise<void> {
    const { hass, config, outcome, count, printer } = this;
    if (!hass || !config || !this.visible.now) return;
    const lastEnd = printer && entityId(printer, "sensor.last_print_end");
    const end = lastEnd === undefined ? "" : hass.states[lastEnd]?.state;
    const wanted = `${outcome} ${count} ${end}`;
    if (wanted === this.loadedFor) return;
    this.loadedFor = wanted;
    this.isLoading = true;
    try {
      const { prints } = await getResponse<{ prints: readonly Print[] }>(hass, "get_prints", {
        device_id: [config.device_id],
        limit: count,
        ...(outcome ? { result: outcome } : {}),
      });
      if (this.loadedFor !== wanted) return;
      this.prints = prints;
      this.problem = "";
    } catch (error) {
      if (this.loadedFor !== wanted) return;
      this.problem = messageOf(error);
    }
    this.isLoading = false;
  }

  protected override render() {
    const { hass, prints } = this;
    if (!hass) return nothing;
    const { localize } = hass;
    return html`<ha-card>
      ${this.outcome || prints.some(({ result }) => result) ? this.renderFilter(hass) : nothing}
      ${
        prints.length === 0 || this.problem
          ? html`<p class="secondary" role="status">${this.problem || this.nothing(hass)}</p>`
          : nothing
      }
      <ul aria-busy=${this.isLoading}>
        ${repeat(
          prints,
          ({ id }) => id,
          (print) => this.renderPrint(hass, print),
        )}
      </ul>
      ${
        prints.length >= this.count && this.count < LIMIT
          ? html`<button class="action more" @click=${this.more}>
              ${text(localize, "prints.more")}
            </button>`
          : nothing
      }
    </ha-card>`;
  }

  private renderFilter({ localize }: HomeAssistant) {
    return html`<div class="chips" role="group" aria-label=${text(localize, "prints.filter")}>
      ${OUTCOMES.map(
        (outcome) =>
          html`<button
            class="chip"
            aria-pressed=${outcome === this.outcome}
            @click=${() => (this.outcome = outcome === this.outcome ? undefined : outcome)}
          >
            ${localize(`component.obico.entity.sensor.last_print_result.state.${outcome}`)}
          </button>`,
      )}
    </div>`;
  }

  private nothing({ localize }: HomeAssistant): string {
    if (this.isLoading) return "";
    return text(localize, this.outcome ? "prints.none_of_these" : "dashboard.no_prints");
  }

  private more(): void {
    this.count = Math.min(LIMIT, this.count + MORE);
  }

  private renderPrint(hass: HomeAssistant, print: Print) {
    const { result } = print;
    return html`<li>
      <obico-timelapse .hass=${hass} .print=${print}></obico-timelapse>
      <div class="what">
        <span class="name">
          <ha-icon
            class="${result ?? ""} ${print.alerted_at ? "alerted" : ""}"
            icon=${result ? ICONS[result] : "mdi:printer-3d-nozzle"}
          ></ha-icon>
          ${print.file === null ? nothing : fileName(print.file)}
        </span>
        ${printFacts(hass, print)}
      </div>
      ${this.renderAgain(hass, print)}
    </li>`;
  }

  private renderAgain(hass: HomeAssistant, print: Print) {
    const { printer } = this;
    if (!printer || !print.can_print_again || !isIdle(hass, printer) || !has(hass, "print_again")) {
      return nothing;
    }
    const { localize } = hass;
    const file = print.file ?? "";
    const label = text(localize, "prints.again_file", { file });
    return html`<button
      class="action again"
      aria-label=${label}
      title=${label}
      @click=${() =>
        ask(
          {
            title: text(localize, "prints.again"),
            text: text(localize, "prints.is_bed_empty", { printer: nameOf(printer), file }),
            confirm: text(localize, "prints.start"),
          },
          this,
          {
            perform_action: "obico.print_again",
            data: { device_id: printer.device.id, print_id: print.id },
          },
        )}
    >
      <ha-icon icon="mdi:repeat"></ha-icon>
    </button>`;
  }

  static override styles = [
    shared,
    factStyles,
    css`
      ha-card {
        padding: 12px 16px;
        container-type: inline-size;
      }
      p {
        margin: 0;
        padding: 8px 0;
      }
      p:empty {
        display: none;
      }
      li {
        display: grid;
        grid-template-columns: 96px minmax(0, 1fr) auto;
        align-items: center;
        gap: 4px 12px;
        padding: 8px 0;
      }
      obico-timelapse {
        height: 54px;
      }
      obico-timelapse[open] {
        grid-column: 1 / -1;
        height: auto;
      }
      obico-timelapse[open] + .what {
        grid-column: 1 / 3;
      }
      .name {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
      }
      .name ha-icon {
        color: var(--primary-color);
      }
      .name .finished {
        color: var(--success-color);
      }
      .name .cancelled {
        color: var(--secondary-text-color);
      }
      .name .alerted {
        color: var(--error-color);
      }
      .again {
        width: 44px;
        padding: 0;
      }
      .more {
        width: 100%;
        margin-top: 4px;
      }
    `,
  ];
}

define(contentTag(PRINTS_CARD), PrintsCard);
