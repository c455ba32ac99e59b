import { css, html, LitElement, nothing } from "lit";
import { state } from "lit/decorators/state.js";

import { Chunk } from "./chunk";
import type { HomeAssistant } from "./hass";
import { RELOAD } from "./reload";
import { loadTexts } from "./texts";
import { Visible } from "./visible";

/** The element within a card that shows it. */
export interface CardContent<Config> extends HTMLElement {
  hass?: HomeAssistant;
  setConfig(config: Config): void;
  getCardSize?(): number;
}

/**
 * A card that loads its code when it is first seen.
 *
 * Home Assistant must know all cards from the beginning. The code defines the element that shows the card: that of
 * `obico-prints-card` is `obico-prints-card-content`.
 */
export abstract class LazyCard<Config> extends LitElement {
  @state() protected config?: Config;
  @state() private isSeen = false;

  private house: HomeAssistant | undefined;
  private content: CardContent<Config> | undefined;
  private readonly chunk = new Chunk(this, () => this.load());

  constructor() {
    super();
    new Visible(this, (visible) => {
      this.isSeen ||= visible;
    });
  }

  /** Imports the code. */
  protected abstract load(): Promise<unknown>;

  /** Throws an error if the configuration is invalid. Home Assistant shows it in place of the card. */
  protected check(_config: Config): void {}

  get hass(): HomeAssistant | undefined {
    return this.house;
  }

  /** Hands it on. The card itself has nothing that depends on it once the content is there. */
  set hass(hass: HomeAssistant) {
    this.house = hass;
    if (this.content) this.content.hass = hass;
    else this.requestUpdate();
  }

  setConfig(config: Config): void {
    this.check(config);
    this.config = config;
    this.content?.setConfig(config);
  }

  getCardSize(): number {
    return this.content?.getCardSize?.() ?? 4;
  }

  getGridOptions(): object {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  protected override willUpdate(): void {
    if (this.house) void loadTexts(this.house);
  }

  protected override updated(): void {
    this.toggleAttribute("loading", !this.content);
  }

  protected override render() {
    const { house, config } = this;
    if (!house || !config || !this.isSeen) return nothing;
    const shown = this.chunk.render(house, () => this.contentOf(house, config));
    return html`${shown}`;
  }

  private contentOf(house: HomeAssistant, config: Config): CardContent<Config> {
    if (!this.content) {
      this.content = document.createElement(contentTag(this.localName)) as CardContent<Config>;
      this.content.setConfig(config);
    }
    this.content.hass = house;
    return this.content;
  }

  static override styles = css`
    :host {
      display: block;
    }
    /* Else cards below it would be seen, too. */
    :host([loading]) {
      min-height: 96px;
    }
  `;
}

/** Returns the name of the element that shows a card. */
export function contentTag(card: string): string {
  return `${card}-content`;
}

/** Returns an editor once its code is loaded, or a notice if it cannot be. */
export async function lazyEditor(tag: string, load: () => Promise<unknown>): Promise<HTMLElement> {
  try {
    await load();
  } catch {
    return document.createElement(RELOAD);
  }
  return document.createElement(tag);
}
