import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { concerns } from "../shared/concerns";
import { define } from "../shared/define";
import { fileName } from "../shared/file-name";
import { formatAgo, formatDuration, formatNumber } from "../shared/format";
import type { HomeAssistant } from "../shared/hass";
import { contentTag } from "../shared/lazy-card";
import { entityId, printerOf } from "../shared/printers";
import { getResponse } from "../shared/response";
import { factStyles, shared } from "../shared/styles";
import { loadTexts, text } from "../shared/texts";
import { Visible } from "../shared/visible";
import { PRINTS_CARD, type PrintsCardConfig } from "./config";

/** A print in the answer of the action `obico.get_prints`. */
interface Print {
  readonly id: number;
  readonly file: string | null;
  /** Null while the print is going on. */
  readonly result: "finished" | "cancelled" | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration: number | null;
  readonly filament: number | null;
  readonly alerted_at: string | null;
}

const MOST = 10;

const ICONS = { finished: "mdi:check-circle", cancelled: "mdi:close-circle" };

/** A card with the last prints of a printer, read from its server. */
export class PrintsCard extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config?: PrintsCardConfig;
  @state() private prints: readonly Print[] = [];
  @state() private problem = "";

  // The end of the last print when the prints were loaded.
  private loadedFor: unknown;
  private readonly visible = new Visible(this, () => void this.load());

  setConfig(config: PrintsCardConfig): void {
    this.config = config;
    this.loadedFor = undefined;
  }

  getCardSize(): number {
    return 1 + this.prints.length;
  }

  /** The entity of the last print's end. It changes when there is another print. */
  private get lastEnd() {
    const printer = this.hass && printerOf(this.hass, this.config?.device_id);
    return printer && entityId(printer, "sensor.last_print_end");
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    if (!this.hass || changed.size > 1 || !changed.has("hass")) return true;
    const id = this.lastEnd;
    return concerns(changed.get("hass"), this.hass, id === undefined ? [] : [id]);
  }

  protected override willUpdate(): void {
    if (this.hass) void loadTexts(this.hass);
  }

  protected override updated(): void {
    void this.load();
  }

  private async load(): Promise<void> {
    const { hass, config, lastEnd } = this;
    if (!hass || !config || !this.visible.now) return;
    const end = (lastEnd !== undefined && hass.states[lastEnd]?.state) || "";
    if (end === this.loadedFor) return;
    this.loadedFor = end;
    try {
      const { prints } = await getResponse<{ prints: readonly Print[] }>(hass, "get_prints", {
        device_id: [config.device_id],
        limit: config.limit ?? MOST,
      });
      if (this.loadedFor !== end) return;
      this.prints = prints;
      this.problem = "";
    } catch (error) {
      this.problem = (error as { message?: string }).message ?? String(error);
    }
  }

  protected override render() {
    const { hass } = this;
    if (!hass) return nothing;
    return html`<ha-card>
      ${
        this.prints.length === 0
          ? html`<p class="secondary">
              ${this.problem || text(hass.localize, "dashboard.no_prints")}
            </p>`
          : html`<ul>
              ${this.prints.map((print) => renderPrint(hass, print))}
            </ul>`
      }
    </ha-card>`;
  }

  static override styles = [
    shared,
    factStyles,
    css`
      ul {
        margin: 0;
        padding: 8px 16px;
        list-style: none;
      }
      p {
        margin: 0;
        padding: 16px;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 12px;
        padding: 8px 0;
      }
      ha-icon {
        grid-row: span 2;
        align-self: center;
        --mdc-icon-size: 24px;
        color: var(--primary-color);
      }
      .finished {
        color: var(--success-color);
      }
      .cancelled {
        color: var(--secondary-text-color);
      }
      .alerted {
        color: var(--error-color);
      }
      .name {
        display: flex;
        min-width: 0;
      }
    `,
  ];
}

function renderPrint({ locale, localize }: HomeAssistant, print: Print) {
  const { result, filament, duration } = print;
  const at = print.ended_at ?? print.started_at;
  const facts = [
    localize(
      result
        ? `component.obico.entity.sensor.last_print_result.state.${result}`
        : "component.obico.entity.sensor.status.state.printing",
    ),
    at && formatAgo(new Date(at), locale),
    result && duration !== null && formatDuration(duration, locale),
    filament !== null && `${formatNumber(filament, locale, 1)} m`,
    print.alerted_at && localize("component.obico.entity.binary_sensor.failure_detected.name"),
  ];
  return html`<li>
    <ha-icon
      class="${result ?? ""} ${print.alerted_at ? "alerted" : ""}"
      icon=${result ? ICONS[result] : "mdi:printer-3d-nozzle"}
    ></ha-icon>
    <span class="name">${print.file === null ? nothing : fileName(print.file)}</span>
    <div class="facts secondary small">
      <div>${facts.filter(Boolean).map((fact) => html`<span>${fact}</span> `)}</div>
    </div>
  </li>`;
}

define(contentTag(PRINTS_CARD), PrintsCard);
