import { css } from "lit";

/** The layout of a card's parts. */
export const cardStyles = css`
  :host {
    container-type: inline-size;
  }
  ha-card {
    position: relative;
    overflow: hidden;
    --need: var(--secondary-text-color);
    --bar-color: var(--primary-color);
  }
  .failing {
    --need: var(--error-color);
    --bar-color: var(--error-color);
  }
  .attention {
    --need: var(--warning-color);
  }
  .paused,
  .printing {
    --need: var(--primary-color);
  }
  .idle {
    --need: var(--success-color);
  }
  ha-card.failing {
    border-color: var(--error-color);
  }
  /* Last known states are shown in gray, the notice about them is not. */
  .past obico-printer-camera,
  .past obico-printer-job,
  .past obico-printer-ai,
  .past obico-printer-temperatures,
  .past obico-printer-events,
  .past .status {
    filter: grayscale(1);
  }
  .message {
    margin: 0;
    padding: 16px;
    color: var(--secondary-text-color);
  }
  .head {
    display: flex;
    align-items: center;
    gap: 4px 12px;
  }
  h2 {
    flex: 1;
    display: flex;
    min-width: 0;
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: 500;
  }
  h2 a {
    display: flex;
    align-items: center;
    min-width: 0;
    min-height: 32px;
    color: inherit;
    text-decoration: none;
  }
  h2 a:hover,
  h2 a:focus-visible {
    text-decoration: underline;
  }
  /* Printers of one kind often differ at the end of their names only: that goes to further lines before it is cut off. */
  h2 bdi {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    min-width: 0;
    overflow: hidden;
    overflow-wrap: anywhere;
    line-height: 1.25;
  }
  h2 ha-icon {
    --mdc-icon-size: 22px;
    color: var(--secondary-text-color);
  }
  h2 ha-icon:dir(rtl) {
    transform: scaleX(-1);
  }
  .status {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 32px;
    padding: 2px 12px;
    border-radius: 16px;
    box-sizing: border-box;
    min-width: 0;
    background: color-mix(in srgb, var(--need) 14%, transparent);
  }
  .status ha-icon {
    color: var(--need);
  }
  .status span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .full .content,
  .main,
  .more {
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
  .full .content {
    padding: 16px;
  }
  /* A status that leaves no room for a word of the name goes below it. */
  .full .head {
    flex-wrap: wrap;
  }
  .full h2 {
    flex-basis: 5em;
  }
  /* The name has all the room that it needs. Words that do not fit beside it wrap: only the icon is visible. */
  .compact h2 {
    flex: 1 1 auto;
  }
  .compact .status {
    --height: 32px;
    /* So much more than the name's that this loses not even a fraction of a pixel. */
    flex: 0 100000 auto;
    flex-wrap: wrap;
    justify-content: center;
    min-width: 44px;
    height: var(--height);
    padding-block: 2px;
    overflow: hidden;
  }
  .compact .status > :not(.sr) {
    height: calc(var(--height) - 4px);
    line-height: calc(var(--height) - 4px);
  }
  .compact .status ha-icon {
    display: inline-flex;
    align-items: center;
  }
  /* Hidden if all of its parts are empty. */
  .more:not(:has(> :not([empty]))) {
    display: none;
  }
  .full > obico-printer-camera {
    aspect-ratio: var(--ratio, 16 / 9);
  }
  .full > obico-printer-camera[without] {
    aspect-ratio: auto;
    height: 72px;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 10px 12px;
  }
  .line .content {
    flex: 1;
    min-width: 0;
    container-type: inline-size;
  }
  .line label {
    flex: none;
    display: grid;
    place-items: center;
    cursor: pointer;
  }
  .line input {
    width: 24px;
    height: 24px;
    margin: 0;
    accent-color: var(--primary-color);
  }
  obico-printer-camera[thumb] {
    flex: none;
    width: 96px;
    height: 72px;
    border-radius: 8px;
  }
  .compact > obico-printer-alert:not([empty]) {
    margin: 0 12px 12px;
  }
  @media (pointer: coarse) {
    h2 a,
    .status {
      min-width: 44px;
      min-height: 44px;
    }
    .status,
    ha-card.compact .status {
      --height: 44px;
      min-width: 44px;
      justify-content: center;
      border-radius: 22px;
    }
    .line label {
      width: 44px;
      height: 44px;
      margin: -8px;
    }
    .line input {
      width: 28px;
      height: 28px;
    }
  }
  @media (forced-colors: active) {
    button.status {
      border: 1px solid ButtonBorder;
    }
    ha-card.failing {
      border-width: 3px;
    }
  }
  /* Words of most languages would not fit. */
  @container (max-width: 250px) {
    .compact .status {
      flex: none;
      width: 44px;
    }
  }
  /* As narrow as half a section: name, status and buttons stand one below another. */
  @container (max-width: 260px) {
    .line {
      flex-wrap: wrap;
    }
    .full h2 {
      flex: 1 1 100%;
    }
    .line .content {
      flex-basis: 72px;
    }
    .line > obico-printer-controls:not([empty]) {
      flex: 1 1 100%;
      justify-content: flex-end;
    }
  }
  @container (max-width: 130px) {
    .compact .head {
      flex-wrap: wrap;
    }
    .compact h2 {
      flex-basis: 100%;
    }
  }
  @container (max-width: 419px) {
    obico-printer-camera[thumb] {
      width: 56px;
      height: 56px;
    }
  }
  @container (min-width: 640px) {
    ha-card.beside {
      display: grid;
      grid-template: auto 1fr / minmax(0, 4fr) minmax(0, 3fr);
      align-items: start;
    }
    .beside .content {
      display: contents;
    }
    .beside .main {
      grid-area: 1 / 2 / -1;
    }
    .beside .main,
    .beside .more {
      padding: 16px;
    }
    /* All parts fit beside the picture. */
    .beside.short {
      grid-template-rows: auto 1fr;
    }
    .beside.short > obico-printer-camera {
      grid-row: 1 / 3;
    }
    .beside.short .main {
      grid-area: 1 / 2;
    }
    .beside.short .more {
      grid-area: 2 / 2;
      padding-block-start: 0;
    }
    /* Where there is no picture, its place is as high as the card. */
    .beside.short > obico-printer-camera[without] {
      align-self: stretch;
      height: auto;
      min-height: 72px;
    }
    /* Without a picture, the parts take both columns. */
    .beside .content:only-child .main {
      grid-area: 1 / 1 / -1;
    }
    .beside .content:only-child .more {
      grid-area: 1 / 2 / -1;
      padding-block-start: 16px;
    }
  }
`;
