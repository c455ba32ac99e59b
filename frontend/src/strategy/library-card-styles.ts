import { css } from "lit";

/** The layout of the library card. */
export const libraryStyles = css`
  ha-card {
    position: relative;
    box-sizing: border-box;
    max-width: 960px;
    min-height: 320px;
    margin-inline: auto;
    padding: 16px;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    margin-bottom: 12px;
  }
  select,
  input[type="search"] {
    box-sizing: border-box;
    min-height: 44px;
    max-width: 100%;
    padding: 0 12px;
    font: inherit;
    color: var(--primary-text-color);
    background: var(--card-background-color);
    border: 1px solid var(--secondary-text-color);
    border-radius: 12px;
  }
  .tools .action {
    min-height: 44px;
  }
  .search {
    position: relative;
    flex: 1 1 180px;
  }
  .search ha-icon {
    position: absolute;
    inset-inline-start: 12px;
    top: 13px;
    color: var(--secondary-text-color);
  }
  .search input {
    width: 100%;
    padding-inline-start: 38px;
  }
  nav {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
    margin-bottom: 8px;
  }
  nav ha-icon:dir(rtl) {
    transform: scaleX(-1);
  }
  nav [aria-current] {
    font-weight: 500;
  }
  p {
    margin: 0;
    padding: 8px 0;
    color: var(--secondary-text-color);
  }
  li {
    display: grid;
    grid-template-columns: 56px minmax(0, 1fr) auto;
    align-items: center;
    gap: 4px 12px;
    padding: 6px 0;
  }
  obico-picture {
    width: 56px;
    height: 56px;
    --picture-fit: contain;
  }
  .name {
    display: flex;
    min-width: 0;
  }
  .folder {
    grid-column: 1 / -1;
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 44px;
    border-radius: 8px;
    overflow-wrap: anywhere;
  }
  .folder ha-icon {
    --mdc-icon-size: 28px;
    width: 56px;
    text-align: center;
    color: var(--secondary-text-color);
  }
  .start {
    width: 44px;
    min-height: 44px;
    padding: 0;
  }
  .more {
    width: 100%;
    margin-top: 8px;
  }
  .drop {
    position: absolute;
    inset: 0;
    display: none;
    align-items: center;
    justify-content: center;
    gap: 12px;
    border: 3px dashed var(--primary-color);
    border-radius: inherit;
    font-size: var(--ha-font-size-l, 16px);
    background: color-mix(in srgb, var(--card-background-color) 85%, transparent);
    pointer-events: none;
  }
  .drop ha-icon {
    --mdc-icon-size: 36px;
    color: var(--primary-color);
  }
  .over .drop {
    display: flex;
  }
`;
