/** The prints of a printer's past, as the actions of the integration tell them. */
import { html, nothing } from "lit";

import { formatAgo, formatDuration, formatNumber } from "./format";
import type { HomeAssistant } from "./hass";

/** A print in the answers of `obico.get_prints` and `obico.get_review`; the paths are authenticated ones. */
export interface Print {
  readonly id: number;
  /** The printer's name. */
  readonly printer: string;
  readonly device_id: string;
  readonly file: string | null;
  /** Null while the print is going on. */
  readonly result: "finished" | "cancelled" | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** In seconds. */
  readonly duration: number | null;
  /** In meters. */
  readonly filament: number | null;
  readonly alerted_at: string | null;
  readonly video: string | null;
  readonly tagged_video: string | null;
  readonly poster: string | null;
  readonly thumbnail: string | null;
  readonly needs_verdict: boolean;
  readonly frames_to_judge: number;
  readonly can_print_again: boolean;
}

/** Renders what is known of a print in one line; to be used with `factStyles`. */
export function printFacts({ locale, localize }: HomeAssistant, print: Print) {
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
  return html`<div class="facts secondary small">
    <div>${facts.map((fact) => (fact ? html`<span>${fact}</span> ` : nothing))}</div>
  </div>`;
}
