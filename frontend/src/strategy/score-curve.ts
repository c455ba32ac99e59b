import { html, nothing, svg } from "lit";

import { formatNumber } from "../shared/format";
import type { HomeAssistant } from "../shared/hass";
import { text } from "../shared/texts";

/** The answer of the action `obico.get_prediction`. */
export interface Prediction {
  /** In percent, one for each frame of the time-lapse; null where there is none. */
  readonly scores: readonly (number | null)[];
  readonly warning: number;
  readonly failing: number;
  readonly highest: number | null;
}

const HEIGHT = 100;
const WIDTH = 400;

/**
 * Renders the failure score along a print, with the levels of warning and failing. A click on it is answered with the
 * part of the print.
 */
export function scoreCurve(
  hass: HomeAssistant,
  { scores, warning, failing, highest }: Prediction,
  position: number | undefined,
  seek: (part: number) => void,
) {
  if (highest === null || scores.length < 2) return nothing;
  const xOf = (index: number) => (index / (scores.length - 1)) * WIDTH;
  const yOf = (score: number) => HEIGHT - Math.min(100, Math.max(0, score));
  const points = scores.flatMap((score, index) =>
    score === null ? [] : [`${xOf(index).toFixed(1)},${yOf(score).toFixed(1)}`],
  );
  const line = (level: number, name: string) =>
    svg`<line class=${name} x1="0" x2=${WIDTH} y1=${yOf(level)} y2=${yOf(level)}></line>`;
  const label = text(hass.localize, "review.curve", {
    score: formatNumber(highest, hass.locale),
  });
  return html`<figure>
    <svg
      role="img"
      aria-label=${label}
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      @click=${(event: MouseEvent) => {
        const box = (event.currentTarget as Element).getBoundingClientRect();
        seek((event.clientX - box.left) / box.width);
      }}
    >
      ${line(warning, "warning")} ${line(failing, "failing")}
      ${svg`<polyline points=${points.join(" ")}></polyline>`}
      ${
        position === undefined || !Number.isFinite(position)
          ? nothing
          : svg`<line class="now" x1=${position * WIDTH} x2=${position * WIDTH} y1="0" y2=${HEIGHT}></line>`
      }
    </svg>
    <figcaption class="small secondary">${label}</figcaption>
  </figure>`;
}
