import { css } from "lit";

export const styles = css`
  dialog {
    width: min(560px, 100vw);
  }
  .content {
    padding-top: 0;
    background: inherit;
  }
  .head,
  li {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .head {
    position: sticky;
    top: 0;
    padding-block: 16px 0;
    background: inherit;
  }
  .close {
    padding: 0;
    width: 44px;
    min-height: 44px;
    background: none;
  }
  h2,
  .name {
    flex: 1;
    min-width: 0;
    margin: 0;
    overflow-wrap: anywhere;
  }
  p {
    margin: 0;
  }
  p:empty {
    display: none;
  }
  li {
    min-height: 48px;
  }
  li.asked {
    flex-wrap: wrap;
    padding-block: 4px;
  }
  .asked .name {
    flex-basis: 100%;
  }
  .asked .action {
    flex: 1;
  }
  .number {
    min-width: 1.5em;
    text-align: end;
  }
  .excluded .name {
    text-decoration: line-through;
    color: var(--secondary-text-color);
  }
  .current .name {
    font-weight: 500;
  }
  .danger {
    --tint: var(--error-color);
  }
  svg {
    max-height: 40vh;
    flex: none;
    border-radius: 12px;
    background: color-mix(in srgb, var(--primary-text-color) 5%, transparent);
  }
  g {
    cursor: pointer;
    fill: color-mix(in srgb, var(--primary-color) 25%, transparent);
    stroke: var(--primary-color);
  }
  polygon,
  circle,
  path {
    stroke-width: 2;
    vector-effect: non-scaling-stroke;
  }
  text {
    fill: var(--primary-text-color);
    stroke: none;
    text-anchor: middle;
    dominant-baseline: central;
  }
  g.current {
    fill: color-mix(in srgb, var(--primary-color) 60%, transparent);
  }
  g.asked {
    fill: color-mix(in srgb, var(--error-color) 50%, transparent);
    stroke: var(--error-color);
  }
  g.excluded {
    cursor: default;
    fill: none;
    stroke: var(--secondary-text-color);
  }
`;
