import { css, html, LitElement, render, type PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";

import { CARD, cardOf, type CardConfig, type Layout } from "../card/config";
import type { PrinterCard } from "../card/printer-card";
import { concerns } from "../shared/concerns";
import type { HomeAssistant } from "../shared/hass";
import { byNeed, need, type Need } from "../shared/need";
import { loadTexts, text } from "../shared/texts";
import { check, chosen, EDITOR, layoutOf, type PrintersCardConfig } from "./config";

/** A printer, by the id of its device, or the headline of those of one need. */
type Row = { readonly printer: string } | { readonly need: Need; readonly count: number };

interface Order {
  readonly layout: Layout;
  readonly rows: readonly Row[];
}

// What is left out stands in the view of the printer, one tap away.
const OVERVIEW = { show_temperatures: false, show_events: false };

/** All printers, in the order in which they need somebody. */
export class PrintersCard extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config?: PrintersCardConfig;
  @query("div") private readonly grid!: HTMLElement | null;

  private order: Order = { layout: "full", rows: [] };
  // A card moves with its printer: made anew, it would have to fetch its picture again.
  private readonly cards = new Map<string, PrinterCard>();
  private readonly headlines = new Map<Need, HTMLElement>();

  static getStubConfig(): object {
    return {};
  }

  static getConfigElement(): HTMLElement {
    return document.createElement(EDITOR);
  }

  setConfig(config: PrintersCardConfig): void {
    check(config);
    this.config = config;
    this.cards.clear();
  }

  getCardSize(): number {
    return 3 + 3 * this.cards.size;
  }

  getGridOptions() {
    return { columns: "full", rows: "auto" };
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    const { hass, config } = this;
    if (!hass || !config) return false;
    const before = this.order;
    this.order = orderOf(hass, config);
    if (before.layout !== this.order.layout) this.cards.clear();
    if (changed.size > 1 || !changed.has("hass") || concerns(changed.get("hass"), hass, [])) {
      return true;
    }
    if (JSON.stringify(before) !== JSON.stringify(this.order)) return true;
    // Mostly one printer has news, and stays where it is.
    this.cards.forEach((card) => (card.hass = hass));
    return false;
  }

  protected override willUpdate(): void {
    void loadTexts(this.hass!);
  }

  protected override render() {
    return this.order.rows.length > 0
      ? html`<div class=${this.order.layout}></div>`
      : html`<ha-card><p>${text(this.hass!.localize, "dashboard.no_printers")}</p></ha-card>`;
  }

  protected override updated(): void {
    const { grid } = this;
    if (!grid) return;
    const focused = this.focused();
    const cells = this.order.rows.map((row) =>
      "printer" in row ? this.cardOf(row.printer) : this.headlineOf(row.need, row.count),
    );
    cells.forEach((cell, index) => {
      // Of two neighbours that change places, the one in front leaves: the other stays as it is.
      if (grid.children[index + 1] === cell) grid.append(grid.children[index]!);
      if (grid.children[index] !== cell) grid.insertBefore(cell, grid.children[index] ?? null);
    });
    while (grid.children.length > cells.length) grid.lastElementChild!.remove();
    // What is moved loses the focus.
    if (focused !== this.focused()) focused?.focus({ preventScroll: true });
  }

  /** Returns the element that has the focus, in whichever card. */
  private focused(): HTMLElement | undefined {
    let focused = this.shadowRoot!.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    return (focused as HTMLElement | null) ?? undefined;
  }

  private cardOf(id: string): PrinterCard {
    let card = this.cards.get(id);
    if (!card) {
      card = document.createElement(CARD) as PrinterCard;
      const links = this.config!.links ? linkTo(id) : {};
      card.setConfig(cardOf(id, { ...OVERVIEW, layout: this.order.layout, ...links }));
      this.cards.set(id, card);
    }
    card.hass = this.hass!;
    return card;
  }

  private headlineOf(of: Need, count: number): HTMLElement {
    const headline = this.headlines.get(of) ?? document.createElement("h2");
    this.headlines.set(of, headline);
    render(html`${text(this.hass!.localize, `dashboard.${of}`)} <span>${count}</span>`, headline);
    return headline;
  }

  static override styles = css`
    div {
      display: grid;
      gap: 8px;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--width)), 1fr));
    }
    .full {
      --width: 300px;
    }
    .compact {
      --width: 360px;
    }
    h2 {
      grid-column: 1 / -1;
      margin: 16px 4px 0;
      font-size: var(--ha-font-size-l, 16px);
      font-weight: 500;
    }
    h2:first-child {
      margin-top: 0;
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

function linkTo(deviceId: string): Partial<CardConfig> {
  const [, dashboard] = location.pathname.split("/");
  return { navigation_path: `/${dashboard}/${deviceId}` };
}

function orderOf(hass: HomeAssistant, config: PrintersCardConfig): Order {
  const printers = byNeed(hass, chosen(hass, config));
  const layout = layoutOf(config, printers.length);
  const rows = [...Map.groupBy(printers, (printer) => need(hass, printer))].flatMap(
    ([key, those]): Row[] => [
      // Among a few large cards a headline would leave more room than it is worth.
      ...(layout === "compact" ? [{ need: key, count: those.length }] : []),
      ...those.map(({ device }) => ({ printer: device.id })),
    ],
  );
  return { layout, rows };
}
