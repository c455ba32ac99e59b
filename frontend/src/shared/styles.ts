import { css } from "lit";

/** Styles that several elements share. */
export const shared = css`
  :host {
    display: block;
    outline: none;
  }
  /* Not hidden, because screen readers ignore live regions that are. */
  :host([empty]) {
    position: absolute;
  }
  ha-icon {
    --mdc-icon-size: 18px;
    flex: none;
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
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
  button:focus-visible,
  a:focus-visible,
  select:focus-visible,
  summary:focus-visible,
  input:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  .action,
  .chip {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-height: 40px;
    padding: 4px 14px;
    border-radius: var(--ha-border-radius-pill, 20px);
    box-sizing: border-box;
    font-weight: 500;
    line-height: 1.2;
    background: color-mix(in srgb, var(--tint, var(--primary-color)) 16%, transparent);
  }
  .chip {
    min-height: 32px;
    padding: 2px 12px;
    font-weight: 400;
    --tint: var(--secondary-text-color);
  }
  .chip[aria-pressed="true"] {
    --tint: var(--primary-color);
    font-weight: 500;
  }
  .action:hover,
  .chip:hover {
    background: color-mix(in srgb, var(--tint, var(--primary-color)) 26%, transparent);
  }
  .action[aria-disabled="true"],
  .chip[aria-disabled="true"] {
    cursor: default;
    opacity: 0.5;
  }
  .action ha-icon {
    color: var(--tint, var(--primary-color));
  }
  /* Texts of a language that runs the other way, which the integration falls back to. */
  p:dir(rtl) {
    unicode-bidi: plaintext;
    text-align: right;
  }
  /* For screen readers only. */
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    white-space: nowrap;
    clip-path: inset(50%);
  }
  .secondary {
    color: var(--secondary-text-color);
  }
  .small {
    font-size: var(--ha-font-size-s, 12px);
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .file {
    display: inline-flex;
    min-width: 0;
    max-width: 100%;
  }
  .file span {
    flex: none;
    white-space: pre;
  }
  .file span:first-child {
    flex: 0 1 auto;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  @media (pointer: coarse) {
    .action,
    .chip {
      min-height: 44px;
      min-width: 44px;
    }
  }
  /* Backgrounds are all the same there. */
  @media (forced-colors: active) {
    .action,
    .chip {
      border: 1px solid ButtonBorder;
    }
    .chip[aria-pressed="true"] {
      forced-color-adjust: none;
      color: SelectedItemText;
      background: SelectedItem;
    }
    .action[aria-disabled="true"],
    .chip[aria-disabled="true"] {
      color: GrayText;
      border-color: GrayText;
      opacity: 1;
    }
  }
`;

/** A box that says what is wrong, in the colour of `--tint`, with what can be done about it. */
export const boxStyles = css`
  .box {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    padding: 10px 12px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--tint) 14%, transparent);
  }
  .box > ha-icon {
    color: var(--tint);
  }
`;

/** Styles for a list of facts: a dot between two of them, but not at the start or end of a line. */
export const factStyles = css`
  .facts {
    overflow: hidden;
  }
  .facts > div {
    display: flex;
    flex-wrap: wrap;
    /* A dot at the start of a line lies outside and is cut off. */
    margin-inline-start: -14px;
  }
  .facts > div > span {
    position: relative;
    min-width: 0;
    padding-inline-start: 14px;
    unicode-bidi: plaintext;
  }
  .facts > div > span::before {
    content: "·";
    position: absolute;
    inset-inline-start: 5px;
  }
`;
