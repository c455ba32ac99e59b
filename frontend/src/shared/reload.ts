import { css, html, LitElement, nothing } from "lit";
import { property } from "lit/decorators/property.js";

import { define } from "./define";
import type { HomeAssistant } from "./hass";
import { shared } from "./styles";
import { text } from "./texts";

export const RELOAD = "obico-reload";

/** A notice in place of something that could not be loaded, with a button that reloads the page. */
class Reload extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;

  /** Called by Home Assistant if it stands in place of an editor. */
  setConfig(): void {}

  protected override render() {
    const localize = this.hass?.localize;
    if (!localize) return nothing;
    return html`<div role="status">
      <ha-icon icon="mdi:refresh-circle"></ha-icon>
      <span>${text(localize, "card.reload_text")}</span>
      <button class="action" @click=${() => location.reload()}>
        ${text(localize, "card.reload")}
      </button>
    </div>`;
  }

  static override styles = [
    shared,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        padding: 10px 12px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--warning-color) 14%, transparent);
      }
      ha-icon {
        color: var(--warning-color);
      }
      span {
        flex: 1 1 160px;
      }
    `,
  ];
}

define(RELOAD, Reload);
