import { css, html, LitElement, nothing } from "lit";
import { property } from "lit/decorators/property.js";

import { define } from "./define";
import type { HomeAssistant } from "./hass";
import { boxStyles, shared } from "./styles";
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
    return html`<div class="box" role="status">
      <ha-icon icon="mdi:refresh-circle"></ha-icon>
      <span>${text(localize, "card.reload_text")}</span>
      <button class="action" @click=${() => location.reload()}>
        ${text(localize, "card.reload")}
      </button>
    </div>`;
  }

  static override styles = [
    shared,
    boxStyles,
    css`
      .box {
        --tint: var(--warning-color);
      }
      span {
        flex: 1 1 160px;
      }
    `,
  ];
}

define(RELOAD, Reload);
