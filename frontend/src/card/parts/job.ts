import { css, html, nothing } from "lit";
import { property } from "lit/decorators/property.js";

import { define } from "../../shared/define";
import { fileName } from "../../shared/file-name";
import {
  formatAgo,
  formatDuration,
  formatMeasured,
  formatMoment,
  secondsOf,
} from "../../shared/format";
import { entityId } from "../../shared/printers";
import { isStanding } from "../../shared/status";
import { factStyles, shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";

const THUMBNAIL = "image.thumbnail";

/** The progress of the print, or else the result of the last one. */
class PrinterJob extends PrinterPart {
  /** Whether only the most important facts are shown. */
  @property({ type: Boolean }) compact = false;

  protected override shown() {
    return this.ids(
      "sensor.status",
      "sensor.file",
      "sensor.progress",
      "sensor.time_remaining",
      "sensor.finish_time",
      "sensor.start_time",
      "sensor.print_time",
      "sensor.current_layer",
      "sensor.total_layers",
      "sensor.filament_length",
      "sensor.last_print_result",
      "sensor.last_print_end",
      THUMBNAIL,
    );
  }

  protected override render() {
    const file = this.known("sensor.file")?.state;
    return file === undefined ? this.renderLast() : this.renderJob(file);
  }

  private renderJob(file: string) {
    const { hass } = this;
    const progress = this.known("sensor.progress");
    const percent = progress && Math.min(100, Math.max(0, Number(progress.state)));
    return html`<div class="job">
      ${this.renderThumbnail()}
      <div class="print">
        <div class="row">
          ${fileName(file)}
          ${progress ? html`<span class="percent">${hass.formatEntityState(progress)}</span>` : nothing}
        </div>
        ${
          percent === undefined
            ? nothing
            : html`<div
                class="bar"
                role="progressbar"
                aria-label=${hass.localize("component.obico.entity.sensor.progress.name")}
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=${Math.round(percent)}
              >
                <div style="width: ${percent}%"></div>
              </div>`
        }
        ${renderFacts(this.facts())}
      </div>
    </div>`;
  }

  private renderThumbnail() {
    const id = entityId(this.printer, THUMBNAIL);
    const picture = id && this.hass.states[id]?.attributes["entity_picture"];
    // Decorative: the name of the file stands beside it.
    return typeof picture === "string" && !this.asOf && !this.compact
      ? html`<img alt="" src=${this.hass.hassUrl(picture)} loading="lazy" />`
      : nothing;
  }

  private facts(): string[] {
    const { hass } = this;
    const { localize, locale } = hass;
    const facts: string[] = [];
    const remaining = this.known("sensor.time_remaining");
    const seconds = remaining && secondsOf(remaining);
    if (seconds !== undefined) {
      facts.push(text(localize, "card.time_left", { duration: formatDuration(seconds, locale) }));
    }
    const finish = this.known("sensor.finish_time");
    // The finish time of a paused print moves on with the clock.
    if (finish && seconds !== undefined && !isStanding(hass, this.printer)) {
      facts.push(
        text(localize, "card.done_at", { time: formatMoment(new Date(finish.state), hass) }),
      );
    }
    const elapsed = this.elapsed();
    if (elapsed !== undefined && !this.compact) {
      facts.push(text(localize, "card.elapsed", { duration: formatDuration(elapsed, locale) }));
    }
    const layers = this.known("sensor.current_layer");
    const layer = this.number("sensor.current_layer");
    const total = this.number("sensor.total_layers") ?? layers?.attributes["total"];
    if (layer !== undefined) {
      facts.push(
        typeof total === "number"
          ? text(localize, "card.layer_of", { layer, layers: total })
          : text(localize, "card.layer", { layer }),
      );
    }
    const filament = this.known("sensor.filament_length");
    if (filament && !this.compact) {
      facts.push(text(localize, "card.filament", { length: formatMeasured(filament, locale, 1) }));
    }
    return facts;
  }

  /** Returns the seconds since the print started. */
  private elapsed(): number | undefined {
    const printed = this.known("sensor.print_time");
    if (printed) return secondsOf(printed);
    const start = this.known("sensor.start_time");
    const until = this.asOf?.getTime() ?? Date.now();
    const seconds = start && (until - Date.parse(start.state)) / 1000;
    // Whole minutes that have passed.
    return seconds !== undefined && seconds > 0 ? seconds - (seconds % 60) : undefined;
  }

  private renderLast() {
    const { hass } = this;
    const result = this.known("sensor.last_print_result");
    if (!result) return nothing;
    const file = result.attributes["file"];
    const end = this.known("sensor.last_print_end");
    return html`${typeof file === "string" && file ? html`<div class="row">${fileName(file)}</div>` : nothing}
    ${renderFacts([
      text(hass.localize, "card.last_print"),
      hass.formatEntityState(result),
      end ? formatAgo(new Date(end.state), hass.locale) : nothing,
    ])}`;
  }

  static override styles = [
    shared,
    factStyles,
    css`
      .job {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      img {
        flex: none;
        width: 56px;
        height: 56px;
        object-fit: contain;
        border-radius: 8px;
      }
      .print {
        flex: 1;
        min-width: 0;
      }
      .row {
        display: flex;
        align-items: baseline;
        gap: 2px 8px;
      }
      .percent {
        margin-inline-start: auto;
        font-weight: 500;
        white-space: nowrap;
      }
      .bar {
        height: 8px;
        margin: 6px 0;
        border-radius: 4px;
        overflow: hidden;
        background: color-mix(in srgb, var(--bar-color, var(--primary-color)) 20%, transparent);
      }
      .bar div {
        height: 100%;
        border-radius: 4px;
        background: var(--bar-color, var(--primary-color));
        transition: width 0.5s;
      }
      @media (forced-colors: active) {
        .bar {
          border: 1px solid CanvasText;
        }
        .bar div {
          forced-color-adjust: none;
          background: Highlight;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .bar div {
          transition: none;
        }
      }
    `,
  ];
}

function renderFacts(facts: readonly unknown[]) {
  return html`<div class="facts secondary small">
    <div>
      ${facts.filter((fact) => fact !== nothing).map((fact) => html`<span>${fact}</span> `)}
    </div>
  </div>`;
}

define("obico-printer-job", PrinterJob);
