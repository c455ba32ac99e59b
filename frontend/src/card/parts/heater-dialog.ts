import { css, html, LitElement, nothing } from "lit";
import { property } from "lit/decorators/property.js";
import { query } from "lit/decorators/query.js";
import { state } from "lit/decorators/state.js";

import { perform } from "../../shared/act";
import { makeCard } from "../../shared/cards";
import { define } from "../../shared/define";
import { fire } from "../../shared/fire";
import type { HomeAssistant } from "../../shared/hass";
import { entityNames } from "../../shared/names";
import {
  domainOf,
  heaterNameOf,
  heatersOf,
  isKnown,
  nameOf,
  isOffTarget,
  offTargetOf,
  printerOf,
  type Heater,
  type Printer,
} from "../../shared/printers";
import { dialogStyles } from "../../shared/dialog-styles";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import "./preheat";

export const HEATER_DIALOG = "obico-heater-dialog";

export interface HeaterDialogParams {
  readonly deviceId: string;
  /** The entity of the heater's temperature. */
  readonly temperature: string;
}

const HOURS_OF_HISTORY = 2;

/** A dialog with the history of a heater's temperature and target, and controls for the target. */
class HeaterDialog extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  // Not named `params`: Home Assistant throws an element with that property away when it is closed.
  @state() private shown: HeaterDialogParams | undefined;
  @state() private graph: (HTMLElement & { hass?: HomeAssistant }) | undefined;
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;
  @query("input") private readonly input!: HTMLInputElement | null;

  /** Called by Home Assistant's dialog manager, which created this element. */
  showDialog(params: HeaterDialogParams): void {
    this.shown = params;
    this.graph = undefined;
    void this.load();
  }

  closeDialog(): boolean {
    this.dialog?.close();
    return true;
  }

  private closed(): void {
    this.shown = undefined;
    this.graph = undefined;
    fire(this, "dialog-closed", { dialog: this.localName });
  }

  private get found(): { printer: Printer; heater: Heater } | undefined {
    const printer = this.hass && printerOf(this.hass, this.shown?.deviceId);
    const heater =
      printer &&
      heatersOf(this.hass!, printer).find(
        ({ temperature }) => temperature === this.shown?.temperature,
      );
    return heater && { printer, heater };
  }

  private async load(): Promise<void> {
    const { hass, found } = this;
    if (!hass || !found || !hass.config.components.includes("history")) return;
    const { temperature, target } = found.heater;
    const nameOfEntity = await entityNames(hass, found.printer);
    this.graph = await makeCard({
      type: "history-graph",
      hours_to_show: HOURS_OF_HISTORY,
      entities: [temperature, ...(target ? [target] : [])].map((entity) => ({
        entity,
        name: nameOfEntity(entity),
      })),
    });
  }

  protected override updated(): void {
    if (this.graph && this.hass) this.graph.hass = this.hass;
    if (this.shown && this.dialog && !this.dialog.open) this.dialog.showModal();
  }

  private set(value: number): void {
    const { hass, found } = this;
    if (!hass || !found?.heater.target || !Number.isFinite(value)) return;
    void perform(hass, {
      perform_action: "number.set_value",
      target: { entity_id: found.heater.target },
      data: { value },
    });
  }

  protected override render() {
    const { hass, found } = this;
    if (!hass || !found) return nothing;
    const { printer, heater } = found;
    const title = `${heaterNameOf(hass, heater)} – ${nameOf(printer)}`;
    return html`<dialog
      aria-labelledby="title"
      @close=${this.closed}
      @click=${(event: Event) => event.target === this.dialog && this.closeDialog()}
    >
      <div class="content">
        <div class="head">
          <h2 id="title">${title}</h2>
          <button
            class="action"
            aria-label=${text(hass.localize, "card.close")}
            @click=${() => this.closeDialog()}
          >
            <ha-icon icon="mdi:close"></ha-icon>
          </button>
        </div>
        ${this.graph ?? nothing} ${this.renderTarget(hass, printer, heater)}
      </div>
    </dialog>`;
  }

  private renderTarget(hass: HomeAssistant, printer: Printer, { target }: Heater) {
    const state = target === undefined ? undefined : hass.states[target];
    if (!target || domainOf(target) !== "number" || !isKnown(state)) return nothing;
    const { attributes } = state;
    const value = Number(state.state);
    // What a heater shows that is off is no temperature to begin from, least of all 32 °F.
    const isOff = isOffTarget(state);
    return html`<form
        class="target"
        @submit=${(event: Event) => {
          event.preventDefault();
          this.set(this.input!.valueAsNumber);
        }}
      >
        <label>
          ${text(hass.localize, "card.target")}
          <input
            type="number"
            .value=${isOff ? "" : String(value)}
            placeholder=${isOff ? text(hass.localize, "card.heater_off") : nothing}
            min=${Number(attributes["min"] ?? 0)}
            max=${Number(attributes["max"] ?? 300)}
            step="any"
          />
          ${attributes["unit_of_measurement"]}
        </label>
        <button class="action">${text(hass.localize, "card.set")}</button>
        <button class="action off" type="button" @click=${() => this.set(offTargetOf(state))}>
          ${text(hass.localize, "card.heater_off")}
        </button>
      </form>
      <obico-preheat .hass=${hass} .printer=${printer}></obico-preheat>`;
  }

  static override styles = [
    shared,
    dialogStyles,
    css`
      dialog {
        width: min(560px, 100vw);
      }
      .head {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      h2 {
        flex: 1;
        min-width: 0;
      }
      h2::first-letter {
        text-transform: uppercase;
      }
      .head .action {
        width: 44px;
        min-height: 44px;
        padding: 0;
        background: none;
      }
      .target {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
      }
      label {
        flex: 1 1 auto;
      }
      input {
        width: 5em;
        min-height: 44px;
        margin-inline: 8px 4px;
        padding: 0 8px;
        box-sizing: border-box;
        font: inherit;
        color: inherit;
        background: var(--secondary-background-color);
        border: 1px solid var(--secondary-text-color);
        border-radius: 8px;
      }
      .off {
        --tint: var(--error-color);
      }
    `,
  ];
}

define(HEATER_DIALOG, HeaterDialog);
