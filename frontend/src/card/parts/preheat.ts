import { html, nothing } from "lit";

import { perform } from "../../shared/act";
import { define } from "../../shared/define";
import { entityId, nameOf } from "../../shared/printers";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";

const PREHEAT = "select.preheat";
// The option of that entity which turns all heaters off.
const OFF = "off";

/** Buttons for the printer's temperature profiles and for cooling down. */
class Preheat extends PrinterPart {
  protected override shown() {
    return this.ids(PREHEAT);
  }

  protected override render() {
    const { hass, printer } = this;
    const id = entityId(printer, PREHEAT);
    const select = id === undefined ? undefined : hass.states[id];
    const options = select?.attributes["options"];
    // The options are missing while the entity is unavailable.
    if (id === undefined || !select || select.state === "unavailable" || !Array.isArray(options)) {
      return nothing;
    }
    const label = hass.localize("component.obico.entity.select.preheat.name");
    return html`<div class="chips" role="group" aria-label="${label}: ${nameOf(printer)}">
      ${options.map(
        (option: string) =>
          html`<button
            class="chip"
            aria-pressed=${option === OFF ? nothing : select.state === option}
            @click=${() =>
              perform(hass, {
                perform_action: "select.select_option",
                target: { entity_id: id },
                data: { option },
              })}
          >
            ${option === OFF ? text(hass.localize, "card.cool_down") : option}
          </button>`,
      )}
    </div>`;
  }

  static override styles = shared;
}

define("obico-preheat", Preheat);
