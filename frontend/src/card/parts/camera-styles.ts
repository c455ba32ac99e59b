import { css } from "lit";

/** The layout of the picture of a webcam. */
export const cameraStyles = css`
  :host {
    position: relative;
  }
  :host(:fullscreen) {
    background: #000;
  }
  .tools {
    position: absolute;
    inset-inline-end: 8px;
    bottom: 8px;
    display: flex;
    gap: 6px;
    max-width: calc(100% - 16px);
  }
  .tool,
  select {
    min-width: 36px;
    height: 36px;
    border: none;
    border-radius: 18px;
    color: #fff;
    background: rgb(0 0 0 / 65%);
  }
  .tool {
    display: inline-flex;
    align-items: center;
    justify-content: center;
  }
  select {
    min-width: 0;
    padding: 0 10px;
    font: inherit;
    font-size: 12px;
  }
  option {
    color: var(--primary-text-color);
    background: var(--card-background-color);
  }
  @media (pointer: coarse) {
    .tool,
    select {
      min-width: 44px;
      height: 44px;
      border-radius: 22px;
    }
  }
  @media (forced-colors: active) {
    .tool,
    select {
      border: 1px solid ButtonBorder;
    }
  }
  obico-live-video.failing {
    outline: 4px solid var(--error-color);
    outline-offset: -4px;
  }
  button:not(.tool) {
    position: relative;
    display: block;
    width: 100%;
    height: 100%;
    overflow: hidden;
    border-radius: inherit;
    background: var(--secondary-background-color);
  }
  button:focus-visible {
    outline-offset: -2px;
  }
  button.failing::after {
    content: "";
    position: absolute;
    inset: 0;
    border: 4px solid var(--error-color);
    border-radius: inherit;
  }
  img {
    display: block;
    width: 100%;
    height: 100%;
    /* Nothing is cut off, because it might show the failure. */
    object-fit: contain;
  }
  :host([thumb]) img {
    object-fit: cover;
  }
  .none {
    position: absolute;
    inset: 0;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 4px;
    color: var(--secondary-text-color);
  }
  .none ha-icon {
    --mdc-icon-size: 32px;
  }
  .stale {
    position: absolute;
    inset-inline-start: 8px;
    bottom: 8px;
    padding: 2px 8px;
    border-radius: 10px;
    font-size: 12px;
    color: #fff;
    background: rgb(0 0 0 / 65%);
  }
  .reason {
    top: 8px;
    bottom: auto;
  }
  :host([thumb]) .none span:not(.sr),
  :host([thumb]) .stale {
    display: none;
  }
`;
