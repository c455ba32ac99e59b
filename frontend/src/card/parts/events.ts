import { css, html, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { everyMinute } from "../../shared/clock";
import { define } from "../../shared/define";
import {
  EVENT_ICONS,
  loadEvents,
  loadServerEvents,
  newest,
  type PrinterEvent,
} from "../../shared/events";
import { fileName } from "../../shared/file-name";
import { formatAgo } from "../../shared/format";
import { signedUrl } from "../../shared/media";
import { entityId, nameOf } from "../../shared/printers";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { Visible } from "../../shared/visible";
import { PrinterPart } from "../part";

const EVENT = "event.printer_event";
const MOST = 4;
const MOST_OF_SERVER = 10;

/** The last events, first from the history or the server, then from the event entity. */
class PrinterEvents extends PrinterPart {
  /** Whether events are read from the server, which has older ones and pictures, and not from the history. */
  @property({ type: Boolean }) server = false;
  @state() private pictures: ReadonlyMap<unknown, string> = new Map();
  @state() private events: readonly PrinterEvent[] = [];

  private shownFor: string | undefined;
  private loadedFor: string | undefined;
  private stopClock: (() => void) | undefined;

  private readonly visible = new Visible(this, (visible) => {
    if (visible) {
      void this.load();
      this.stopClock = everyMinute(() => {
        this.requestUpdate();
        void this.loadPictures();
      });
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
    const isOther = this.source !== this.shownFor;
    if (isOther) {
      this.shownFor = this.source;
      this.events = [];
      if (this.visible.now) void this.load();
    }
    const event = this.known(EVENT);
    if ((changed.has("hass") || isOther) && event) {
      this.events = newest([event, ...this.events], this.most);
      void this.loadPictures();
    }
  }

  private get most(): number {
    return this.brief ? 1 : this.server ? MOST_OF_SERVER : MOST;
  }

  /** The id of the device or entity whose events are shown. */
  private get source(): string | undefined {
    return this.server ? this.printer.device.id : entityId(this.printer, EVENT);
  }

  private async load(): Promise<void> {
    const { hass, source, server } = this;
    // The only event of the brief form is the state of the event entity.
    if (source === undefined || source === this.loadedFor || this.brief || this.asOf) return;
    this.loadedFor = source;
    const events = server
      ? await loadServerEvents(hass, source, this.most).catch(() => [])
      : await loadEvents(hass, source);
    if (this.loadedFor !== source) return;
    this.events = newest([...events, ...this.events], this.most);
    await this.loadPictures();
  }

  /** The events that are shown with their pictures: the last one, or all of the server's. */
  private get pictured(): readonly PrinterEvent[] {
    return this.server ? this.events : this.events.slice(0, 1);
  }

  /** Asks for the addresses of the pictures, again before their signatures expire on a page that stays open. */
  private async loadPictures(): Promise<void> {
    // While nothing can be reached, there are no pictures either.
    if (this.asOf) return;
    for (const { attributes } of this.pictured) {
      const { picture: path } = attributes;
      if (typeof path !== "string") continue;
      const picture = await signedUrl(this.hass, path).catch(() => undefined);
      if (picture && picture !== this.pictures.get(path)) {
        this.pictures = new Map(this.pictures).set(path, picture);
      }
    }
  }

  protected override render() {
    const { hass, events } = this;
    if (events.length === 0) {
      return this.server && this.loadedFor !== undefined
        ? html`<p class="secondary">${text(hass.localize, "card.no_events")}</p>`
        : nothing;
    }
    return html`
      ${
        this.brief || this.server
          ? nothing
          : html`<h3 aria-level=${this.level} class="small secondary">
              ${text(hass.localize, "card.events")}
            </h3>`
      }
      <ul>
        ${events.map((event) => this.renderEvent(event))}
      </ul>
    `;
  }

  private renderEvent(event: PrinterEvent) {
    const { hass } = this;
    const { state: happened, attributes } = event;
    const { event_type, outcome, file, title, text: said } = attributes;
    const type = String(event_type);
    // The outcome is more specific than "ended". Of an error either title or text can be the specific one.
    const [key, value] = outcome ? ["outcome", outcome] : ["event_type", type];
    const detail =
      type === "printer_error"
        ? [title, said].filter((each) => typeof each === "string" && each).join(": ")
        : typeof file === "string" && file
          ? fileName(file)
          : nothing;
    const words = hass.localize(
      `component.obico.entity.event.printer_event.state_attributes.${key}.state.${value}`,
    );
    const when = new Date(happened);
    return html`<li>
      <ha-icon icon=${EVENT_ICONS[type] ?? "mdi:bell-outline"} class=${type}></ha-icon>
      <span class="what">
        <span>${words}</span>
        <span class="secondary">${detail}</span>
      </span>
      <time class="secondary small" dir="auto" datetime=${when.toISOString()}>
        ${formatAgo(when, hass.locale)}
      </time>
      ${this.pictured.includes(event) ? this.renderPicture(attributes["picture"], words) : nothing}
    </li>`;
  }

  /** Leaves out a picture that cannot be loaded now, until it is asked for again. */
  private forget(path: unknown): void {
    const pictures = new Map(this.pictures);
    pictures.delete(path);
    this.pictures = pictures;
  }

  /** Renders the picture of an event, which opens in full. */
  private renderPicture(path: unknown, words: string) {
    const picture = this.pictures.get(path);
    if (!picture) return nothing;
    // Of several pictures, it is heard which is which.
    const label = `${words}: ${text(this.hass.localize, "card.picture_of_event", {
      printer: nameOf(this.printer),
    })}`;
    return html`<a href=${picture} target="_blank"
      ><img alt=${label} src=${picture} @error=${() => this.forget(path)}
    /></a>`;
  }

  static override styles = [
    shared,
    css`
      h3 {
        margin: 0 0 4px;
        font-weight: 500;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 8px;
        min-height: 28px;
      }
      li + li {
        margin-top: 4px;
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
      /* With less room for the words, time and picture go below them. */
      .what {
        flex: 1 1 7em;
        min-width: 0;
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        white-space: nowrap;
      }
      .what > :first-child {
        min-width: 0;
        white-space: normal;
        overflow-wrap: anywhere;
      }
      /* A name of which only the end would fit goes to a line of its own. */
      .what .secondary {
        flex: 1 1 0;
        min-width: min(100%, 9em);
        display: flex;
        overflow: hidden;
      }
      /* Whichever part of the words of an error is the important one. */
      .printer_error + .what .secondary {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        min-width: 100%;
        white-space: normal;
        overflow-wrap: anywhere;
      }
      .what .secondary:empty {
        display: none;
      }
      time {
        white-space: nowrap;
      }
      img {
        display: block;
        width: 64px;
        height: 44px;
        object-fit: cover;
        border-radius: 6px;
      }
    `,
  ];
}

define("obico-printer-events", PrinterEvents);
