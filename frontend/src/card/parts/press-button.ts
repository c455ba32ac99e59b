import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { ask, perform, pressOf, type Question } from "../../shared/act";
import { isConcerned } from "../../shared/concerns";
import { define } from "../../shared/define";
import type { HomeAssistant } from "../../shared/hass";
import { shared } from "../../shared/styles";

/** A button that presses a button entity. Its label is the entity's name in the user's language, or a shorter one. */
class PressButton extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entityId!: string;
  /** The printer's name, which is part of the accessible name. */
  @property() of = "";
  @property() label = "";
  @property() icon = "";
  /** Whether only the icon is visible. */
  @property({ type: Boolean, reflect: true }) bare = false;
  /** The confirmation, if one is needed. */
  @property({ attribute: false }) question: Question | undefined;

  @state() private busy = false;

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    return isConcerned(changed, this.hass, () => [this.entityId]);
  }

  private get cannot(): boolean {
    return this.busy || this.hass.states[this.entityId]?.state === "unavailable";
  }

  private async pressed(): Promise<void> {
    if (this.cannot) return;
    const press = pressOf(this.entityId);
    if (this.question) {
      ask(this.question, this, this.question.action ?? press);
      return;
    }
    this.busy = true;
    await perform(this.hass, press);
    this.busy = false;
  }

  protected override render() {
    const { localize, entities } = this.hass;
    const key = entities[this.entityId]?.translation_key;
    const name = this.label || localize(`component.obico.entity.button.${key}.name`);
    // Not `disabled`: the button would lose the focus after it was pressed.
    return html`<button
      class="action"
      aria-disabled=${this.cannot}
      aria-busy=${this.busy}
      title=${this.bare ? name : nothing}
      @click=${this.pressed}
    >
      ${this.icon ? html`<ha-icon icon=${this.icon}></ha-icon>` : nothing}
      <span class=${this.bare ? "sr" : ""}>${name}</span> <span class="sr">${this.of}</span>
    </button>`;
  }

  static override styles = [
    shared,
    css`
      button {
        position: relative;
        width: 100%;
        height: 100%;
        padding-inline: 8px;
      }
      :host([bare]) button {
        width: 40px;
        padding: 0;
      }
      @media (pointer: coarse) {
        :host([bare]) button {
          width: 44px;
        }
      }
    `,
  ];
}

define("obico-press-button", PressButton);
