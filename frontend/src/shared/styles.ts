import { css } from "lit";

/** What several parts share. */
export const shared = css`
  :host {
    display: block;
    outline: none;
  }
  /* Not hidden: what reads an alert out looks for it in what it can see. */
  :host([empty]) {
    position: absolute;
  }
  ha-icon {
    --mdc-icon-size: 18px;
    flex: none;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: none;
    margin: 0;
    padding: 0;
    text-align: inherit;
    cursor: pointer;
  }
  button:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  .action {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-height: 40px;
    padding: 4px 16px;
    border-radius: var(--ha-border-radius-pill, 20px);
    box-sizing: border-box;
    font-weight: 500;
    line-height: 1.2;
    background: color-mix(in srgb, var(--tint, var(--primary-color)) 16%, transparent);
  }
  .action:hover {
    background: color-mix(in srgb, var(--tint, var(--primary-color)) 26%, transparent);
  }
  .action[aria-disabled="true"] {
    cursor: default;
    opacity: 0.5;
  }
  .action ha-icon {
    color: var(--tint, var(--primary-color));
  }
  .secondary {
    color: var(--secondary-text-color);
  }
`;
