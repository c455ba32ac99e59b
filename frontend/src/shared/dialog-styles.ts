import { css } from "lit";

/** What the dialogs of the cards look like; each sets its own width. */
export const dialogStyles = css`
  dialog {
    max-width: 100vw;
    max-height: 100dvh;
    box-sizing: border-box;
    padding: 0;
    border: none;
    border-radius: var(--ha-border-radius-3xl, 28px);
    color: var(--primary-text-color);
    background: var(--ha-dialog-surface-background, var(--card-background-color));
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  .content {
    display: flex;
    flex-direction: column;
    gap: 16px;
    padding: 16px 24px 24px;
  }
  h2 {
    margin: 0;
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: 500;
    overflow-wrap: anywhere;
  }
`;
