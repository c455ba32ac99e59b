import { css, html, LitElement, nothing } from "lit";
import { property } from "lit/decorators/property.js";

import { ask, type Action } from "../shared/act";
import { define } from "../shared/define";
import { fire } from "../shared/fire";
import { formatNumber } from "../shared/format";
import type { HomeAssistant } from "../shared/hass";
import { languageOf } from "../shared/language";
import { isFailing, need, NEEDS } from "../shared/need";
import { SORTS, type Sort } from "../shared/order";
import { entityId, nameOf, stateOf, type Printer } from "../shared/printers";
import { viewOf } from "../shared/seen";
import { isInPrint, isStanding, statusOf } from "../shared/status";
import { shared } from "../shared/styles";
import { text } from "../shared/texts";
import type { Selection } from "./selection";

// The confirmation lists at most so many names.
const MOST_NAMES = 5;

interface Bulk {
  readonly key: string;
  readonly icon: string;
  readonly suits: (hass: HomeAssistant, printer: Printer) => boolean;
  readonly action: (printers: readonly Printer[]) => Action;
}

const BULKS: readonly Bulk[] = [
  {
    key: "pause",
    icon: "mdi:pause",
    suits: (hass, printer) => isInPrint(hass, printer) && !isStanding(hass, printer),
    action: (printers) => ({ perform_action: "obico.pause_print", data: idsOf(printers) }),
  },
  {
    key: "resume",
    icon: "mdi:play",
    // An alert is answered by whoever looks at that print.
    suits: (hass, printer) =>
      stateOf(hass, printer, "sensor.status")?.state === "paused" && !isFailing(hass, printer),
    action: (printers) => ({ perform_action: "obico.resume_print", data: idsOf(printers) }),
  },
  {
    key: "cool_down",
    icon: "mdi:snowflake",
    // A print, also a paused one, needs its heaters.
    suits: (hass, printer) => !isInPrint(hass, printer) && canPreheat(hass, printer),
    action: (printers) => ({
      perform_action: "select.select_option",
      target: { entity_id: printers.map((printer) => entityId(printer, "select.preheat")!) },
      data: { option: "off" },
    }),
  },
];

function idsOf(printers: readonly Printer[]) {
  return { device_id: printers.map(({ device }) => device.id) };
}

function canPreheat(hass: HomeAssistant, printer: Printer): boolean {
  const select = stateOf(hass, printer, "select.preheat");
  return select !== undefined && select.state !== "unavailable";
}

/** Returns a list of printers in words: the first ones, and how many more there are. */
function listOf(
  hass: HomeAssistant,
  printers: readonly Printer[],
  nameIt: (printer: Printer) => string,
): string {
  const { localize, locale } = hass;
  const names = printers.slice(0, MOST_NAMES).map(nameIt);
  if (printers.length > MOST_NAMES) {
    const more = formatNumber(printers.length - MOST_NAMES, locale);
    names.push(text(localize, "dashboard.and_more", { count: more }));
  }
  return new Intl.ListFormat(languageOf(locale)).format(names);
}

/** A bar that filters and sorts printers, and pauses, resumes or cools down several of them. */
class FarmBar extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) printers: readonly Printer[] = [];
  @property({ attribute: false }) selection!: Selection;

  private change(change: Partial<Selection>): void {
    fire(this, "obico-selection", { ...this.selection, ...change });
  }

  protected override render() {
    const { hass, selection } = this;
    const { localize, locale } = hass;
    const counts = Map.groupBy(this.printers, (printer) => need(hass, printer));
    return html`
      <div class="bar">
        <div class="chips" role="group" aria-label=${text(localize, "dashboard.filter")}>
          ${NEEDS.filter((key) => counts.has(key) || key === selection.filter).map(
            (key) =>
              html`<button
                class="chip ${key}"
                aria-pressed=${key === selection.filter}
                @click=${() => this.change({ filter: key === selection.filter ? undefined : key })}
              >
                ${text(localize, `dashboard.${key}`)}
                <bdi>${formatNumber(counts.get(key)?.length ?? 0, locale)}</bdi>
              </button>`,
          )}
        </div>
        <div class="tools">
          <label>
            <span class="sr">${text(localize, "dashboard.sort")}</span>
            <select
              @change=${(event: Event) =>
                this.change({ sort: (event.target as HTMLSelectElement).value as Sort })}
            >
              ${SORTS.map(
                (sort) =>
                  html`<option value=${sort} ?selected=${sort === selection.sort}>
                    ${text(localize, `dashboard.sort_${sort}`)}
                  </option>`,
              )}
            </select>
          </label>
          <button
            class="chip"
            aria-pressed=${selection.chosen !== undefined}
            @click=${() => this.change({ chosen: selection.chosen ? undefined : new Set() })}
          >
            ${text(localize, "dashboard.choose")}
          </button>
        </div>
      </div>
      ${selection.chosen ? this.renderBulks(selection.chosen) : nothing}
    `;
  }

  /** The printers that the filter shows. */
  private get shown(): readonly Printer[] {
    const { hass, printers, selection } = this;
    const { filter } = selection;
    return printers.filter((printer) => filter === undefined || need(hass, printer) === filter);
  }

  private renderBulks(chosen: ReadonlySet<string>) {
    const { hass, shown } = this;
    const { localize } = hass;
    // What is hidden by the filter is not told anything.
    const printers = shown.filter(({ device }) => chosen.has(device.id));
    const areAll = printers.length > 0 && printers.length === shown.length;
    const count = formatNumber(printers.length, hass.locale);
    return html`<div class="bar bulk" role="group">
      <span role="status" dir="auto">${text(localize, "dashboard.chosen", { count })}</span>
      <button
        class="chip"
        aria-pressed=${areAll}
        @click=${() =>
          this.change({ chosen: new Set(areAll ? [] : shown.map(({ device }) => device.id)) })}
      >
        ${text(localize, "dashboard.choose_all", {
          count: formatNumber(shown.length, hass.locale),
        })}
      </button>
      ${BULKS.map((bulk) => {
        const { true: suited = [], false: others = [] } = Object.groupBy(printers, (printer) =>
          String(bulk.suits(hass, printer)),
        );
        return html`<button
          class="action"
          aria-disabled=${suited.length === 0}
          @click=${() => this.tell(bulk, suited, others)}
        >
          <ha-icon icon=${bulk.icon}></ha-icon>
          ${text(localize, `dashboard.${bulk.key}_chosen`, {
            count: formatNumber(suited.length, hass.locale),
          })}
        </button>`;
      })}
    </div>`;
  }

  private tell({ key, action }: Bulk, printers: readonly Printer[], others: readonly Printer[]) {
    if (printers.length === 0) return;
    const { hass } = this;
    const { localize, locale } = hass;
    const title = text(localize, `dashboard.${key}_chosen`, {
      count: formatNumber(printers.length, locale),
    });
    const whyNot = (printer: Printer) =>
      `${nameOf(printer)} (${statusOf(viewOf(hass, printer).hass, printer).words})`;
    const names = listOf(hass, printers, nameOf);
    const said =
      others.length === 0
        ? names
        : text(localize, "dashboard.left_out", {
            printers: names,
            others: listOf(hass, others, whyNot),
          });
    ask({ title, text: said, confirm: title }, this, action(printers));
  }

  static override styles = [
    shared,
    css`
      /* The bar of buttons stays on the screen while all of the card is scrolled. */
      :host {
        display: contents;
      }
      .bar,
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
      }
      .bar {
        margin-bottom: 8px;
      }
      .bar > .chips {
        flex: 1 1 auto;
      }
      .chip {
        color: var(--primary-text-color);
      }
      .failing[aria-pressed="true"] {
        --tint: var(--error-color);
      }
      .attention[aria-pressed="true"] {
        --tint: var(--warning-color);
      }
      select {
        min-height: 32px;
        padding: 2px 8px;
        font: inherit;
        color: var(--primary-text-color);
        background: var(--card-background-color);
        border: 1px solid var(--divider-color);
        border-radius: 16px;
      }
      .bulk {
        position: sticky;
        z-index: 1;
        top: calc(var(--header-height, 56px) + env(safe-area-inset-top, 0px));
        padding: 8px 12px;
        border-radius: 12px;
        background: var(--card-background-color);
        box-shadow: var(--ha-card-box-shadow, 0 2px 8px rgb(0 0 0 / 20%));
      }
      @media (pointer: coarse) {
        select {
          min-height: 44px;
          border-radius: 22px;
        }
      }
    `,
  ];
}

define("obico-farm-bar", FarmBar);
