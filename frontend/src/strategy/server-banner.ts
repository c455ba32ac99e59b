import { css, html, LitElement, nothing } from "lit";
import { property } from "lit/decorators/property.js";

import { define } from "../shared/define";
import { formatMoment } from "../shared/format";
import type { HomeAssistant } from "../shared/hass";
import type { Account, Printer } from "../shared/printers";
import { hostOf, serverOf, unknownSince } from "../shared/server";
import { shared } from "../shared/styles";
import { text } from "../shared/texts";

/** A banner above all printers that names each server which cannot be reached or sends changes late. */
class ServerBanner extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) printers: readonly Printer[] = [];

  protected override render() {
    const byAccount = Map.groupBy(this.printers, ({ account }) => account?.device.id);
    // A live region must exist before its content changes.
    return html`<div role="status">
      ${[...byAccount.values()].map((printers) => this.renderAccount(printers, byAccount.size > 1))}
    </div>`;
  }

  private renderAccount(printers: readonly Printer[], ofSeveral: boolean) {
    const { hass } = this;
    const account = printers[0]?.account;
    const server = serverOf(hass, account);
    const name = nameOf(account, ofSeveral);
    const unknown = printers.map((printer) => unknownSince(hass, printer));
    const isDown = server ? !server.isReachable : unknown.every((since) => since !== undefined);
    if (isDown) {
      const since = server?.since ?? unknown[0] ?? new Date();
      const known = unknown.some((each) => each === undefined)
        ? "card.server_down_push"
        : "card.server_down";
      // Without the entity of the server the reason is unknown, for example while Home Assistant starts.
      const key = server ? known : "card.no_news";
      return renderLine(
        "down",
        "mdi:lan-disconnect",
        text(hass.localize, key, { server: name, time: formatMoment(since, hass) }),
      );
    }
    return server && !server.hasPush
      ? renderLine(
          "late",
          "mdi:timer-sand",
          text(hass.localize, "card.push_lost", { server: name }),
        )
      : nothing;
  }

  static override styles = [
    shared,
    css`
      p {
        display: flex;
        align-items: center;
        gap: 12px;
        margin: 0 0 8px;
        padding: 12px 16px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--tint) 14%, transparent);
      }
      .down {
        --tint: var(--error-color);
      }
      .late {
        --tint: var(--warning-color);
      }
      ha-icon {
        --mdc-icon-size: 24px;
        color: var(--tint);
      }
    `,
  ];
}

function nameOf(account: Account | undefined, ofSeveral: boolean): string {
  if (!account) return "Obico";
  const { name_by_user, name } = account.device;
  const host = hostOf(account);
  if (!ofSeveral) return host;
  // Two accounts can be on the same server. The names of most have it.
  const title = name_by_user || name || host;
  return title.includes(host) ? title : `${host} (${title})`;
}

function renderLine(kind: string, icon: string, words: string) {
  return html`<p class=${kind}>
    <ha-icon icon=${icon}></ha-icon><span dir="auto">${words}</span>
  </p>`;
}

define("obico-server-banner", ServerBanner);
