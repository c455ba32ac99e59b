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

/** Heats by the printer's own profiles, or has it cool down. */
class Preheat extends PrinterPart {
  protected override shown() {
    return this.ids(PREHEAT);
  }

  protected override render() {
    const { hass, printer } = this;
    const id = entityId(printer, PREHEAT);
    const select = id === undefined ? undefined : hass.states[id];
    const options = select?.attributes["options"];
    // Without profiles there is only what turns everything off.
    if (id === undefined || !select || select.state === "unavailable" || !Array.isArray(options)) {
      return nothing;
    }
    const label = hass.localize("component.obico.entity.select.preheat.name");
    return html`<div class="chips" role="group" aria-label="${label}: ${nameOf(printer)}">
      ${options.map(
        (option: string) =>
          html`<button
            class="chip"
            aria-pressed=${select.state === option}
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
