import { css, html, nothing } from "lit";

import "../card/parts/events";
import { define } from "../shared/define";
import { contentTag } from "../shared/lazy-card";
import { CardOfPrinter } from "./card-of-printer";
import { EVENTS_CARD } from "./config";

/** A card with the last events of a printer, read from its server. */
export class EventsCard extends CardOfPrinter {
  protected override render() {
    const { hass, printer } = this;
    if (!hass || !printer) return nothing;
    return html`<ha-card>
      <obico-printer-events server .hass=${hass} .printer=${printer}></obico-printer-events>
    </ha-card>`;
  }

  static override styles = css`
    ha-card {
      padding: 8px 16px;
    }
  `;
}

define(contentTag(EVENTS_CARD), EventsCard);
