import { css, html, LitElement, nothing, svg } from "lit";
import { property } from "lit/decorators/property.js";
import { query } from "lit/decorators/query.js";
import { state } from "lit/decorators/state.js";

import { define } from "../../shared/define";
import { fire } from "../../shared/fire";
import type { HomeAssistant } from "../../shared/hass";
import { nameOf, printerOf } from "../../shared/printers";
import { getResponse } from "../../shared/response";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";

export const OBJECTS_DIALOG = "obico-objects-dialog";

export interface ObjectsDialogParams {
  readonly deviceId: string;
}

type Point = readonly [x: number, y: number];

interface PlateObject {
  readonly name: string;
  readonly excluded: boolean;
  readonly center: Point | null;
  readonly polygon: readonly Point[];
}

interface Plate {
  readonly current: string | null;
  readonly objects: readonly PlateObject[];
}

// In millimetres around the objects.
const MARGIN = 10;

/** A dialog with the objects of a print, in which they are left out. */
class ObjectsDialog extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  // Not named `params`: Home Assistant throws an element with that property away when it is closed.
  @state() private opened: ObjectsDialogParams | undefined;
  @state() private plate: Plate | undefined;
  @state() private problem: string | undefined;
  /** The name of the object that is asked about. */
  @state() private asked: string | undefined;
  @state() private isBusy = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;

  /** Called by Home Assistant's dialog manager, which created this element. */
  showDialog(params: ObjectsDialogParams): void {
    this.opened = params;
    this.plate = this.problem = this.asked = undefined;
    void this.load();
  }

  closeDialog(): boolean {
    this.dialog?.close();
    return true;
  }

  private closed(): void {
    this.opened = undefined;
    fire(this, "dialog-closed", { dialog: this.localName });
  }

  private async load(): Promise<void> {
    await this.attempt(async (hass, device_id) => {
      this.plate = await getResponse<Plate>(hass, "get_objects", { device_id });
    });
  }

  private async exclude(name: string): Promise<void> {
    this.asked = undefined;
    await this.attempt(async (hass, device_id) => {
      await hass.callWS({
        type: "call_service",
        domain: "obico",
        service: "exclude_object",
        service_data: { device_id, object: name },
      });
      this.plate = await getResponse<Plate>(hass, "get_objects", { device_id });
    });
  }

  /** Asks the printer for something, and shows why it fails. */
  private async attempt(
    what: (hass: HomeAssistant, deviceId: string) => Promise<void>,
  ): Promise<void> {
    if (!this.hass || !this.opened || this.isBusy) return;
    this.isBusy = true;
    this.problem = undefined;
    try {
      await what(this.hass, this.opened.deviceId);
    } catch (error) {
      this.problem = (error as { message?: string }).message ?? String(error);
    } finally {
      this.isBusy = false;
    }
  }

  protected override updated(): void {
    if (this.opened && this.dialog && !this.dialog.open) this.dialog.showModal();
  }

  protected override render() {
    const { hass, opened } = this;
    const printer = hass && opened && printerOf(hass, opened.deviceId);
    if (!hass || !printer) return nothing;
    const { localize } = hass;
    return html`<dialog
      aria-labelledby="title"
      @close=${this.closed}
      @click=${(event: Event) => event.target === this.dialog && this.closeDialog()}
    >
      <div class="content" aria-busy=${this.isBusy}>
        <div class="head">
          <h2 id="title">${text(localize, "card.objects")} – ${nameOf(printer)}</h2>
          <button
            class="action"
            aria-label=${text(localize, "card.close")}
            @click=${() => this.closeDialog()}
          >
            <ha-icon icon="mdi:close"></ha-icon>
          </button>
        </div>
        ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}
        ${this.plate ? [this.renderBed(this.plate), this.renderList(hass, this.plate)] : nothing}
      </div>
    </dialog>`;
  }

  private stateOf({ name, excluded }: PlateObject): string {
    if (excluded) return "excluded";
    if (name === this.asked) return "asked";
    return name === this.plate?.current ? "current" : "";
  }

  private renderBed({ objects }: Plate) {
    const points = objects.flatMap(({ polygon }) => polygon);
    if (points.length === 0) return nothing;
    const [left, right] = limits(points.map(([x]) => x));
    const [front, back] = limits(points.map(([, y]) => y));
    // The front of the bed is at the bottom.
    return html`<svg aria-hidden="true" viewBox="${left} ${-back} ${right - left} ${back - front}">
      ${objects.map(
        (each) =>
          svg`<polygon
            class=${this.stateOf(each)}
            points=${each.polygon.map(([x, y]) => `${x},${-y}`).join(" ")}
            @click=${() => this.askAbout(each)}
          ><title>${each.name}</title></polygon>`,
      )}
    </svg>`;
  }

  private askAbout({ name, excluded }: PlateObject): void {
    if (!excluded && !this.isBusy) this.asked = name;
  }

  private renderList({ localize }: HomeAssistant, plate: Plate) {
    return html`<ul>
      ${plate.objects.map((each) => {
        const { name } = each;
        const state = this.stateOf(each);
        if (state === "asked") {
          return html`<li class="asked">
            <span class="name">${text(localize, "card.object_question", { object: name })}</span>
            <button class="action danger" @click=${() => this.exclude(name)}>
              ${text(localize, "card.object_exclude")}
            </button>
            <button class="action" @click=${() => (this.asked = undefined)}>
              ${text(localize, "card.object_keep")}
            </button>
          </li>`;
        }
        return html`<li class=${state}>
          <span class="name">${name}</span>
          ${
            state === "excluded"
              ? html`<span class="secondary">${text(localize, "card.object_excluded")}</span>`
              : html`<button
                  class="action"
                  aria-label="${text(localize, "card.object_exclude")}: ${name}"
                  aria-disabled=${this.isBusy}
                  @click=${() => this.askAbout(each)}
                >
                  <ha-icon icon="mdi:selection-remove"></ha-icon>
                </button>`
          }
        </li>`;
      })}
    </ul>`;
  }

  static override styles = [
    shared,
    css`
      dialog {
        width: min(560px, 100vw);
        max-width: 100vw;
        max-height: 100dvh;
        box-sizing: border-box;
        padding: 0;
        border: none;
        border-radius: var(--ha-border-radius-3xl, 28px);
        color: var(--primary-text-color);
        background: var(--ha-dialog-surface-background, var(--card-background-color));
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 50%);
      }
      .content {
        display: flex;
        flex-direction: column;
        gap: 16px;
        padding: 16px 24px 24px;
      }
      .head,
      li {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      h2,
      .name {
        flex: 1;
        min-width: 0;
        margin: 0;
        overflow-wrap: anywhere;
      }
      h2 {
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: 500;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        min-height: 48px;
      }
      li.excluded .name {
        text-decoration: line-through;
        color: var(--secondary-text-color);
      }
      li.current .name {
        font-weight: 500;
      }
      .danger {
        color: var(--error-color);
      }
      svg {
        max-height: 40vh;
        border-radius: 12px;
        background: color-mix(in srgb, var(--primary-text-color) 5%, transparent);
      }
      polygon {
        fill: color-mix(in srgb, var(--primary-color) 30%, transparent);
        stroke: var(--primary-color);
        stroke-width: 1;
        cursor: pointer;
      }
      polygon.current {
        fill: color-mix(in srgb, var(--primary-color) 60%, transparent);
      }
      polygon.asked {
        fill: color-mix(in srgb, var(--error-color) 50%, transparent);
        stroke: var(--error-color);
      }
      polygon.excluded {
        fill: none;
        stroke: var(--secondary-text-color);
        stroke-dasharray: 3;
        cursor: default;
      }
    `,
  ];
}

/** Returns the lowest and the highest of some numbers, with a margin. */
function limits(values: readonly number[]): [number, number] {
  return [Math.min(...values) - MARGIN, Math.max(...values) + MARGIN];
}

define(OBJECTS_DIALOG, ObjectsDialog);
