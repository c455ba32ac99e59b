import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { actAfter, press, type Question } from "../../shared/act";
import { concerns } from "../../shared/concerns";
import { define } from "../../shared/define";
import type { HomeAssistant } from "../../shared/hass";
import { shared } from "../../shared/styles";

/** Presses a button entity of the integration, and bears the name that it has in the user's language. */
class PressButton extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entityId!: string;
  @property() icon = "";
  /** Shows the icon alone; the name is read out. */
  @property({ type: Boolean, reflect: true }) bare = false;
  /** What is asked before, if anything. */
  @property({ attribute: false }) question: Question | undefined;

  @state() private busy = false;

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    return (
      changed.size > 1 ||
      !changed.has("hass") ||
      concerns(changed.get("hass"), this.hass, [this.entityId])
    );
  }

  private get cannot(): boolean {
    return this.busy || this.hass.states[this.entityId]?.state === "unavailable";
  }

  private async pressed(): Promise<void> {
    if (this.cannot) return;
    if (this.question) {
      actAfter(this.question, this, this.entityId);
      return;
    }
    this.busy = true;
    await press(this.hass, this.entityId);
    this.busy = false;
  }

  protected override render() {
    const key = this.hass.entities[this.entityId]?.translation_key;
    const name = this.hass.localize(`component.obico.entity.button.${key}.name`);
    // Not `disabled`, which would take the focus away from who has just pressed it.
    return html`<button
      class="action"
      aria-disabled=${this.cannot}
      aria-busy=${this.busy}
      aria-label=${this.bare ? name : nothing}
      title=${this.bare ? name : nothing}
      @click=${this.pressed}
    >
      ${this.icon ? html`<ha-icon icon=${this.icon}></ha-icon>` : nothing}
      ${this.bare ? nothing : html`<span>${name}</span>`}
    </button>`;
  }

  static override styles = [
    shared,
    css`
      button {
        width: 100%;
      }
      :host([bare]) button {
        width: 40px;
        padding: 0;
      }
    `,
  ];
}

define("obico-press-button", PressButton);
