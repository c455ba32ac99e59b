import { css, html, nothing, type PropertyValues } from "lit";
import { state } from "lit/decorators/state.js";

import { everyMinute } from "../../shared/clock";
import { define } from "../../shared/define";
import { formatAgo } from "../../shared/format";
import { loadEvents, newest, type PrinterEvent } from "../../shared/events";
import { entityId } from "../../shared/printers";
import { text } from "../../shared/texts";
import { Visible } from "../../shared/visible";
import { PrinterPart } from "../part";
import { shared } from "../../shared/styles";

const EVENT = "event.printer_event";
const MOST = 4;

const ICONS: Readonly<Record<string, string>> = {
  started: "mdi:play",
  ended: "mdi:flag-checkered",
  paused: "mdi:pause",
  resumed: "mdi:play-pause",
  failure_alerted: "mdi:alert-octagon",
  alert_muted: "mdi:bell-off",
  alert_unmuted: "mdi:bell",
  filament_change: "mdi:hand-back-right",
  printer_error: "mdi:alert",
};

/** The last events: from the history at first, and then as they happen. */
class PrinterEvents extends PrinterPart {
  @state() private events: readonly PrinterEvent[] = [];

  private loadedFor: string | undefined;
  private stopClock: (() => void) | undefined;

  private readonly visible = new Visible(this, (visible) => {
    if (visible) {
      void this.load();
      this.stopClock = everyMinute(() => this.requestUpdate());
      this.requestUpdate();
    } else {
      this.stopClock?.();
      this.stopClock = undefined;
    }
  });

  protected override shown() {
    return this.ids(EVENT);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const id = entityId(this.printer, EVENT);
    if (id !== this.loadedFor) {
      this.events = [];
      if (this.visible.now) void this.load();
    }
    const event = this.known(EVENT);
    if (changed.has("hass") && event) this.events = newest([event, ...this.events], MOST);
  }

  private async load(): Promise<void> {
    const id = entityId(this.printer, EVENT);
    if (id === undefined || id === this.loadedFor) return;
    this.loadedFor = id;
    const events = await loadEvents(this.hass, id);
    if (this.loadedFor === id) this.events = newest([...this.events, ...events], MOST);
  }

  protected override render() {
    const event = this.known(EVENT);
    if (!event || this.events.length === 0) return nothing;
    const { hass } = this;
    return html`
      <h3>${text(hass.localize, "card.events")}</h3>
      <ul>
        ${this.events.map(({ state: happened, attributes }) => {
          const type = String(attributes["event_type"]);
          // How a print ended says more than that it did.
          const told = attributes["outcome"] ? "outcome" : "event_type";
          const when = new Date(happened);
          return html`<li>
            <ha-icon icon=${ICONS[type] ?? "mdi:bell-outline"} class=${type}></ha-icon>
            <span class="what">
              ${hass.formatEntityAttributeValue(event, told, attributes[told])}
              <span class="secondary">${attributes["file"] ?? nothing}</span>
            </span>
            <time class="secondary" datetime=${when.toISOString()}>
              ${formatAgo(when, hass.locale)}
            </time>
          </li>`;
        })}
      </ul>
    `;
  }

  static override styles = [
    shared,
    css`
      h3 {
        margin: 0 0 4px;
        font-size: var(--ha-font-size-s, 12px);
        font-weight: 500;
        color: var(--secondary-text-color);
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 28px;
      }
      ha-icon {
        color: var(--secondary-text-color);
      }
      .failure_alerted,
      .printer_error {
        color: var(--error-color);
      }
      .filament_change {
        color: var(--warning-color);
      }
      .what {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      time {
        white-space: nowrap;
        font-size: var(--ha-font-size-s, 12px);
      }
    `,
  ];
}

define("obico-printer-events", PrinterEvents);
