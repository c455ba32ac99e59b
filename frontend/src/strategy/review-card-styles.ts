import { css } from "lit";

/** The layout of the review card. */
export const reviewStyles = css`
  ha-card {
    box-sizing: border-box;
    max-width: 880px;
    margin-inline: auto;
    padding: 16px;
    container-type: inline-size;
  }
  .stage {
    display: flex;
    flex-direction: column;
    gap: 12px;
    outline: none;
  }
  p {
    display: flex;
    align-items: center;
    gap: 12px;
    margin: 0;
    padding: 8px 0;
  }
  p ha-icon {
    --mdc-icon-size: 24px;
  }
  .done ha-icon,
  .earned ha-icon {
    color: var(--success-color);
  }
  .problem {
    padding: 10px 12px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--error-color) 14%, transparent);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
  }
  .what,
  .head h3 {
    flex: 1 1 220px;
    min-width: 0;
  }
  h2,
  h3 {
    display: flex;
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: 500;
  }
  .turns {
    display: flex;
    align-items: center;
    gap: 8px;
    white-space: nowrap;
  }
  .turn {
    width: 44px;
    min-height: 44px;
    padding: 0;
    background: none;
  }
  .turn ha-icon:dir(rtl) {
    transform: scaleX(-1);
  }
  .seen {
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
  obico-timelapse:not([open]) {
    aspect-ratio: 16 / 9;
  }
  /* As high as it fits on the screen beside its buttons, without bars at its sides. */
  .frame {
    --shape: var(--picture-ratio, 16 / 9);
    aspect-ratio: var(--shape);
    width: min(100%, 60vh * (var(--shape)));
    margin-inline: auto;
  }
  @container (min-width: 640px) {
    .seen {
      display: grid;
      grid-template-columns: 1fr 1fr;
      align-items: center;
    }
    obico-timelapse:last-child {
      grid-column: 1 / -1;
    }
  }
  figure {
    margin: 0;
  }
  svg {
    display: block;
    width: 100%;
    height: 120px;
    cursor: pointer;
    border-radius: 8px;
    background: var(--secondary-background-color);
  }
  polyline,
  line {
    fill: none;
    vector-effect: non-scaling-stroke;
  }
  polyline {
    stroke: var(--primary-color);
    stroke-width: 2px;
  }
  line {
    stroke-width: 1px;
    stroke-dasharray: 4 4;
  }
  .warning {
    stroke: var(--warning-color);
  }
  .failing {
    stroke: var(--error-color);
  }
  .now {
    stroke: var(--primary-text-color);
    stroke-dasharray: none;
  }
  .consent {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 44px;
    cursor: pointer;
  }
  .consent input {
    flex: none;
    width: 20px;
    height: 20px;
    accent-color: var(--primary-color);
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
  }
  .big {
    flex: 1 1 140px;
    min-height: 64px;
    border-radius: 16px;
    font-size: var(--ha-font-size-l, 16px);
  }
  .big[aria-pressed="true"] {
    outline: 2px solid var(--tint, var(--primary-color));
  }
  .big ha-icon {
    --mdc-icon-size: 28px;
  }
  .failed,
  .looks_bad {
    --tint: var(--error-color);
  }
  .not_failed,
  .looks_ok {
    --tint: var(--success-color);
  }
  .undecided {
    --tint: var(--secondary-text-color);
  }
  kbd {
    padding: 1px 7px;
    border: 1px solid currentcolor;
    border-radius: 6px;
    font: inherit;
    font-size: var(--ha-font-size-s, 12px);
  }
  @media (hover: none) {
    kbd {
      display: none;
    }
  }
`;
