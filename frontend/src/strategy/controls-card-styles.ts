import { css } from "lit";

/** The layout of the controls card. */
export const controlsStyles = css`
  ha-card {
    display: flex;
    flex-direction: column;
    gap: 16px;
    padding: 16px;
  }
  p {
    margin: 0;
  }
  section {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .pad {
    display: grid;
    grid-template-columns: repeat(3, 48px) 24px 48px;
    grid-template-areas:
      ".  yp .  . zp"
      "xm hxy xp . hz"
      ".  ym .  . zm"
      "xy xy xy . z";
    gap: 6px;
    justify-content: center;
  }
  .pad .action {
    width: 48px;
    min-height: 48px;
    padding: 0;
    border-radius: 12px;
  }
  .yp {
    grid-area: yp;
  }
  .ym {
    grid-area: ym;
  }
  .xp {
    grid-area: xp;
  }
  .xm {
    grid-area: xm;
  }
  .zp {
    grid-area: zp;
  }
  .zm {
    grid-area: zm;
  }
  .hxy {
    grid-area: hxy;
  }
  .hz {
    grid-area: hz;
  }
  .xy {
    grid-area: xy;
  }
  .z {
    grid-area: z;
  }
  .xy,
  .z {
    text-align: center;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .chips {
    justify-content: center;
  }
  .row {
    display: flex;
    gap: 8px;
  }
  .row .action {
    flex: 1 1 0;
    min-width: 0;
  }
  .stop {
    --tint: var(--error-color);
  }
`;
