import { css, html, nothing } from "lit";

import { define } from "../../shared/define";
import { formatAgo, formatDuration, formatMoment, secondsOf } from "../../shared/format";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";
import { shared } from "../../shared/styles";

/** How far the print is; without one, how the last one ended. */
class PrinterJob extends PrinterPart {
  protected override shown() {
    return this.ids(
      "sensor.status",
      "sensor.file",
      "sensor.progress",
      "sensor.time_remaining",
      "sensor.finish_time",
      "sensor.current_layer",
      "sensor.total_layers",
      "sensor.last_print_result",
      "sensor.last_print_end",
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
    return html`
      <div class="row">
        <span class="file" title=${file}>${file}</span>
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
      <div class="row secondary facts">
        ${this.facts().map((fact) => html`<span>${fact}</span>`)}
      </div>
    `;
  }

  private facts(): string[] {
    const { hass } = this;
    const { localize } = hass;
    const facts: string[] = [];
    const remaining = this.known("sensor.time_remaining");
    const seconds = remaining && secondsOf(remaining);
    if (seconds !== undefined) {
      facts.push(
        text(localize, "card.time_left", { duration: formatDuration(seconds, hass.locale) }),
      );
    }
    const finish = this.known("sensor.finish_time");
    if (finish && seconds !== undefined) {
      facts.push(
        text(localize, "card.done_at", { time: formatMoment(new Date(finish.state), hass) }),
      );
    }
    const layer = this.number("sensor.current_layer");
    const layers = this.number("sensor.total_layers");
    if (layer !== undefined) {
      facts.push(
        layers === undefined
          ? text(localize, "card.layer", { layer })
          : text(localize, "card.layer_of", { layer, layers }),
      );
    }
    return facts;
  }

  private renderLast() {
    const { hass } = this;
    const result = this.known("sensor.last_print_result");
    if (!result) return nothing;
    const file = result.attributes["file"];
    const end = this.known("sensor.last_print_end");
    return html`<div class="row secondary facts">
      <span>${text(hass.localize, "card.last_print")}</span>
      ${typeof file === "string" ? html`<span class="file" title=${file}>${file}</span>` : nothing}
      <span>${hass.formatEntityState(result)}</span>
      ${end ? html`<span>${formatAgo(new Date(end.state), hass.locale)}</span>` : nothing}
    </div>`;
  }

  static override styles = [
    shared,
    css`
      .row {
        display: flex;
        align-items: baseline;
        gap: 2px 6px;
      }
      .file {
        flex: 0 1 auto;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
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
      .facts {
        flex-wrap: wrap;
        font-size: var(--ha-font-size-s, 12px);
      }
      .facts > span:not(.file) {
        white-space: nowrap;
      }
      .facts > span:not(:last-child)::after {
        content: "·";
        margin-inline-start: 6px;
      }
      @media (prefers-reduced-motion: reduce) {
        .bar div {
          transition: none;
        }
      }
    `,
  ];
}

define("obico-printer-job", PrinterJob);
