import { css, html, LitElement, nothing, render, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { query } from "lit/decorators/query.js";
import { state } from "lit/decorators/state.js";

import { CARD, cardOf, type CardConfig, type Layout } from "../card/config";
import type { PrinterCard } from "../card/printer-card";
import { concerns } from "../shared/concerns";
import { define } from "../shared/define";
import type { HomeAssistant } from "../shared/hass";
import { contentTag } from "../shared/lazy-card";
import { need, type Need } from "../shared/need";
import { sorted } from "../shared/order";
import type { Printer } from "../shared/printers";
import { loadTexts, text } from "../shared/texts";
import {
  chosen,
  isFarm,
  layoutOf,
  PRINTERS_CARD,
  whyNone,
  type PrintersCardConfig,
} from "./config";
import "./farm-bar";
import { keepSelection, selectionOf, type Selection } from "./selection";
import "./server-banner";

/** The device id of a printer, or the headline of a group. */
type Row = { readonly printer: string } | { readonly need: Need; readonly count: number };

interface Order {
  readonly layout: Layout;
  readonly rows: readonly Row[];
}

// In px, between cards.
const GAP = 8;

/** A card with all printers, sorted by urgency. */
export class PrintersCard extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config?: PrintersCardConfig;
  @state() private selection!: Selection;
  @query(".grid") private readonly grid!: HTMLElement | null;

  private order: Order = { layout: "full", rows: [] };
  // Cards are moved and not created anew, because a new one would have to fetch its picture again.
  private readonly cards = new Map<string, PrinterCard>();
  private readonly headlines = new Map<Need, HTMLElement>();
  private readonly groups = new Map<HTMLElement, HTMLElement>();
  // Large cards have many heights. A card takes as many rows of one pixel as it is high: the next one stands
  // directly below the shortest column.
  private readonly heights = new ResizeObserver((entries) => {
    for (const { target, borderBoxSize } of entries) {
      const height = borderBoxSize[0]?.blockSize ?? 0;
      (target as HTMLElement).style.gridRowEnd = `span ${Math.ceil(height) + GAP}`;
    }
  });

  setConfig(config: PrintersCardConfig): void {
    this.config = config;
    this.selection = selectionOf(config);
    this.forgetCards();
  }

  private forgetCards(): void {
    this.cards.clear();
    this.heights.disconnect();
  }

  getCardSize(): number {
    return 3 + 3 * this.cards.size;
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    const { hass, config } = this;
    if (!hass || !config) return false;
    const onlyHass = changed.size === 1 && changed.has("hass");
    const before = changed.get("hass");
    // Most updates of `hass` concern other entities.
    const isNews = (ids: readonly string[]) => concerns(before, hass, ids);
    if (onlyHass && !isNews([]) && !chosen(hass, config).some(({ about }) => isNews(about))) {
      return false;
    }
    const orderBefore = this.order;
    this.order = orderOf(hass, config, this.selection);
    if (orderBefore.layout !== this.order.layout) this.forgetCards();
    if (!onlyHass || isNews([])) return true;
    if (JSON.stringify(orderBefore) !== JSON.stringify(this.order)) return true;
    // Usually one printer changed and keeps its place.
    this.cards.forEach((card) => (card.hass = hass));
    this.renderRoot
      .querySelectorAll<LitElement & { hass: HomeAssistant }>("obico-server-banner, obico-farm-bar")
      .forEach((each) => (each.hass = hass));
    return false;
  }

  protected override willUpdate(): void {
    void loadTexts(this.hass!);
  }

  protected override render() {
    const { hass, config, selection } = this;
    const shown = chosen(hass!, config!);
    if (shown.length === 0) {
      return html`<ha-card><p>${text(hass!.localize, whyNone(config!))}</p></ha-card>`;
    }
    return html`
      <obico-server-banner .hass=${hass} .printers=${shown}></obico-server-banner>
      ${
        isFarm(shown.length)
          ? html`<obico-farm-bar
              .hass=${hass}
              .printers=${shown}
              .selection=${selection}
              @obico-selection=${({ detail }: CustomEvent<Selection>) => this.select(detail)}
            ></obico-farm-bar>`
          : nothing
      }
      <div
        class="grid ${this.order.layout}"
        @obico-chosen=${this.choose}
        @obico-recalled=${() => this.requestUpdate("config")}
      ></div>
      ${
        this.order.rows.length === 0
          ? html`<p role="status">${text(hass!.localize, "dashboard.none_of_these")}</p>`
          : nothing
      }
    `;
  }

  private choose({ detail }: CustomEvent<{ device: string; chosen: boolean }>): void {
    const devices = new Set(this.selection.chosen);
    if (detail.chosen) devices.add(detail.device);
    else devices.delete(detail.device);
    this.select({ ...this.selection, chosen: devices });
  }

  private select(selection: Selection): void {
    this.selection = selection;
    keepSelection(this.config!, selection);
  }

  protected override updated(): void {
    const { grid } = this;
    if (!grid) return;
    const focused = this.focused();
    const groups: HTMLElement[][] = [];
    for (const row of this.order.rows) {
      if ("need" in row) groups.push([this.headlineOf(row.need, row.count)]);
      else (groups.at(-1) ?? (groups[0] = [])).push(this.cardOf(row.printer));
    }
    if (this.hasHeadlines) {
      place(
        grid,
        groups.map((cells) => this.groupOf(cells)),
      );
    } else {
      place(grid, groups[0] ?? []);
    }
    // Elements lose the focus when they are moved.
    if (focused !== this.focused()) focused?.focus({ preventScroll: true });
  }

  /** Returns the focused element, through all shadow roots. */
  private focused(): HTMLElement | undefined {
    let focused = this.shadowRoot!.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    return (focused as HTMLElement | null) ?? undefined;
  }

  private cardOf(id: string): PrinterCard {
    let card = this.cards.get(id);
    if (!card) {
      card = document.createElement(contentTag(CARD)) as PrinterCard;
      const links = this.config!.links ? linkTo(id) : {};
      card.setConfig(cardOf(id, { brief: true, layout: this.order.layout, ...links }));
      this.cards.set(id, card);
      if (this.order.layout === "full") this.heights.observe(card);
    }
    card.hass = this.hass!;
    card.chosen = this.selection.chosen?.has(id);
    card.level = this.hasHeadlines ? 3 : 2;
    return card;
  }

  private get hasHeadlines(): boolean {
    return this.order.rows.some((row) => "need" in row);
  }

  /** Returns the section of a group: its headline and its cards. */
  private groupOf(cells: HTMLElement[]): HTMLElement {
    const [headline, ...cards] = cells as [HTMLElement, ...HTMLElement[]];
    const group = this.groups.get(headline) ?? document.createElement("section");
    this.groups.set(headline, group);
    group.style.setProperty("--size", String(cards.length));
    place(group, cells);
    return group;
  }

  private headlineOf(of: Need, count: number): HTMLElement {
    const headline = this.headlines.get(of) ?? document.createElement("h2");
    this.headlines.set(of, headline);
    render(html`${text(this.hass!.localize, `dashboard.${of}`)} <span>${count}</span>`, headline);
    return headline;
  }

  static override styles = css`
    :host {
      display: block;
      container-type: inline-size;
    }
    .grid {
      display: grid;
      gap: 8px;
      align-items: start;
    }
    /* A few cards take all of the width. */
    .full {
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));
      grid-auto-rows: 1px;
      row-gap: 0;
    }
    .compact {
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 360px), 1fr));
      --columns: 1;
      row-gap: 16px;
    }
    /* A group spans as many columns as it has cards, so that small groups stand side by side. */
    section {
      display: grid;
      grid-template-columns: subgrid;
      grid-column: span min(var(--size), var(--columns));
      align-items: start;
      gap: 8px;
    }
    @container (min-width: 728px) {
      .compact {
        --columns: 2;
      }
    }
    @container (min-width: 1096px) {
      .compact {
        --columns: 3;
      }
    }
    @container (min-width: 1464px) {
      .compact {
        --columns: 4;
      }
    }
    @container (min-width: 1832px) {
      .compact {
        --columns: 5;
      }
    }
    h2 {
      grid-column: 1 / -1;
      margin: 0 4px;
      font-size: var(--ha-font-size-l, 16px);
      font-weight: 500;
    }
    span,
    p {
      color: var(--secondary-text-color);
    }
    span {
      font-weight: 400;
    }
    p {
      margin: 0;
      padding: 16px;
    }
  `;
}

/** Makes elements the only children of another one, with as few moves as possible. */
function place(parent: HTMLElement, cells: readonly HTMLElement[]): void {
  const { children } = parent;
  cells.forEach((cell, index) => {
    // If two neighbours change places, the first one is moved.
    if (children[index + 1] === cell) parent.append(children[index]!);
    if (children[index] !== cell) parent.insertBefore(cell, children[index] ?? null);
  });
  while (children.length > cells.length) parent.lastElementChild!.remove();
}

function linkTo(deviceId: string): Partial<CardConfig> {
  const [, dashboard] = location.pathname.split("/");
  return { navigation_path: `/${dashboard}/${deviceId}` };
}

function orderOf(hass: HomeAssistant, config: PrintersCardConfig, selection: Selection): Order {
  const { filter, sort } = selection;
  const all = chosen(hass, config);
  const layout = layoutOf(config, all.length);
  const needs = new Map(all.map((printer) => [printer, need(hass, printer)]));
  const shown = sorted(
    hass,
    all.filter((printer) => filter === undefined || needs.get(printer) === filter),
    sort,
  );
  const rowOf = ({ device }: Printer): Row => ({ printer: device.id });
  // Headlines between a few large cards would leave much empty room.
  if (layout === "full" || sort !== "need") return { layout, rows: shown.map(rowOf) };
  const rows = [...Map.groupBy(shown, (printer) => needs.get(printer)!)].flatMap(
    ([key, those]): Row[] => [{ need: key, count: those.length }, ...those.map(rowOf)],
  );
  return { layout, rows };
}

define(contentTag(PRINTERS_CARD), PrintersCard);
