import { css, html, nothing } from "lit";

import { define } from "../../shared/define";
import { formatMoment } from "../../shared/format";
import { hostOf, serverOf } from "../../shared/server";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { PrinterPart } from "../part";

/** A notice that the server cannot be reached, or that changes arrive late. */
class PrinterNotice extends PrinterPart {
  protected override shown() {
    return [this.printer.account?.server, ...this.ids("sensor.status")];
  }

  protected override render() {
    const { hass, printer, asOf, brief } = this;
    const { localize } = hass;
    const server = serverOf(hass, printer.account);
    if (asOf) {
      const time = formatMoment(asOf, hass);
      const name = server?.name ?? (printer.account ? hostOf(printer.account) : "Obico");
      const words = brief
        ? text(localize, "card.as_of", { time })
        : text(localize, server ? "card.server_down" : "card.no_news", { server: name, time });
      return html`<p role="status" class=${brief ? "small" : ""}>
        <ha-icon icon="mdi:lan-disconnect"></ha-icon><span dir="auto">${words}</span>
      </p>`;
    }
    if (brief || !server || server.hasPush) return nothing;
    return html`<p role="status" class="secondary small">
      <ha-icon icon="mdi:timer-sand"></ha-icon>
      <span dir="auto">${text(localize, "card.push_lost", { server: server.name })}</span>
    </p>`;
  }

  static override styles = [
    shared,
    css`
      p {
        display: flex;
        align-items: center;
        gap: 8px;
        margin: 0;
      }
    `,
  ];
}

define("obico-printer-notice", PrinterNotice);
