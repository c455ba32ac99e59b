import { html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { query } from "lit/decorators/query.js";
import { state } from "lit/decorators/state.js";

import { define } from "../../shared/define";
import { fire } from "../../shared/fire";
import type { HomeAssistant, Localize } from "../../shared/hass";
import { nameOf, printerOf, stateOf, type Printer } from "../../shared/printers";
import { callAction, getResponse, messageOf } from "../../shared/response";
import { dialogStyles } from "../../shared/dialog-styles";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { drawBed, namesOf, type Plate, type PlateObject } from "./objects-bed";
import { styles } from "./objects-dialog-styles";

export const OBJECTS_DIALOG = "obico-objects-dialog";

export interface ObjectsDialogParams {
  readonly deviceId: string;
}

// The one that is printed changes; each look is a message to the printer.
const LOOK_AGAIN_MS = 20_000;
// What a printer that works on a print can be at.
const AT_WORK: readonly string[] = [
  "starting",
  "heating",
  "printing",
  "pausing",
  "paused",
  "resuming",
];

/** A dialog with the objects of a print, in which they are left out. */
class ObjectsDialog extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  // Not named `params`: Home Assistant throws an element with that property away when it is closed.
  @state() private opened: ObjectsDialogParams | undefined;
  @state() private plate: Plate | undefined;
  @state() private problem: string | undefined;
  /** The name of the object that is asked about. */
  @state() private asked: string | undefined;
  /** The name of the object that was left out last. */
  @state() private left: string | undefined;
  @state() private isBusy = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private lastStatus: string | undefined;
  /** Where the focus goes if what has it is gone. */
  private place = 0;
  private hadFocus = false;

  /** Called by Home Assistant's dialog manager, which created this element. */
  showDialog(params: ObjectsDialogParams): void {
    this.opened = params;
    this.plate = this.problem = this.asked = this.left = undefined;
    this.place = 0;
    clearInterval(this.timer);
    this.timer = setInterval(() => void this.lookAgain(), LOOK_AGAIN_MS);
    void this.load();
  }

  closeDialog(): boolean {
    this.dialog?.close();
    return true;
  }

  private closed(): void {
    this.stop();
    this.opened = undefined;
    fire(this, "dialog-closed", { dialog: this.localName });
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  /** Escape means no while something is asked. */
  private cancelled(event: Event): void {
    if (this.asked === undefined) return;
    event.preventDefault();
    this.asked = undefined;
  }

  private async look(hass: HomeAssistant, device_id: string): Promise<void> {
    const plate = await getResponse<Plate>(hass, "get_objects", { device_id });
    if (this.opened?.deviceId !== device_id) return;
    this.plate = plate;
    // Somebody else may have left it out meanwhile.
    if (plate.objects.some(({ name, excluded }) => excluded && name === this.asked)) {
      this.asked = undefined;
    }
  }

  private async load(): Promise<void> {
    await this.attempt(async (hass, deviceId) => {
      try {
        await this.look(hass, deviceId);
      } catch (error) {
        // What is not there any more must not be shown.
        this.plate = this.asked = undefined;
        throw error;
      }
    });
  }

  private async lookAgain(): Promise<void> {
    const { hass, opened } = this;
    if (!hass || !opened || !this.plate || this.isBusy || document.hidden) return;
    try {
      await this.look(hass, opened.deviceId);
    } catch {
      // The next look may succeed.
    }
  }

  private async exclude(name: string): Promise<void> {
    this.asked = this.left = undefined;
    await this.attempt(async (hass, deviceId) => {
      try {
        await callAction(hass, "exclude_object", { device_id: deviceId, object: name });
        this.left = name;
      } finally {
        await this.look(hass, deviceId);
      }
    });
  }

  /** Asks the printer for something, and shows why it fails. */
  private async attempt(
    what: (hass: HomeAssistant, deviceId: string) => Promise<void>,
  ): Promise<void> {
    const { hass, opened } = this;
    if (!hass || !opened || this.isBusy) return;
    this.isBusy = true;
    this.problem = undefined;
    try {
      await what(hass, opened.deviceId);
    } catch (error) {
      if (this.opened === opened) this.problem = messageOf(error);
    } finally {
      this.isBusy = false;
      // Meanwhile another printer's may have been opened.
      if (this.opened && this.opened !== opened) void this.load();
    }
  }

  private get printer(): Printer | undefined {
    return this.hass && this.opened && printerOf(this.hass, this.opened.deviceId);
  }

  private get status(): string {
    const { hass, printer } = this;
    return (hass && printer && stateOf(hass, printer, "sensor.status")?.state) ?? "";
  }

  private get isAtWork(): boolean {
    return AT_WORK.includes(this.status);
  }

  protected override willUpdate(): void {
    this.hadFocus = Boolean(this.shadowRoot?.activeElement);
    const { status } = this;
    if (this.opened && this.lastStatus !== undefined && status !== this.lastStatus) {
      if (!this.isAtWork) this.asked = undefined;
      void this.load();
    }
    this.lastStatus = this.opened && status;
  }

  protected override updated(changed: PropertyValues): void {
    if (this.opened && this.dialog && !this.dialog.open) this.dialog.showModal();
    if (changed.has("asked") && this.asked !== undefined) {
      // The answer that does nothing.
      this.focusOn(".keep");
    } else if (this.hadFocus && !this.shadowRoot?.activeElement) {
      this.focusOn(`li:nth-child(n + ${this.place + 1}) button`, "li button", ".close");
    }
  }

  private focusOn(...selectors: string[]): void {
    const found = selectors.map((each) => this.renderRoot.querySelector<HTMLElement>(each));
    found.find((each) => each !== null)?.focus();
  }

  protected override render() {
    const { hass, printer } = this;
    if (!hass || !printer) return nothing;
    const { localize } = hass;
    const { plate, problem } = this;
    return html`<dialog
      aria-labelledby="title"
      @close=${this.closed}
      @cancel=${this.cancelled}
      @click=${(event: Event) => event.target === this.dialog && this.closeDialog()}
    >
      <div class="content" aria-busy=${this.isBusy}>
        <div class="head">
          <h2 id="title">${text(localize, "card.objects")} – ${nameOf(printer)}</h2>
          <button
            class="action close"
            aria-label=${text(localize, "card.close")}
            @click=${() => this.closeDialog()}
          >
            <ha-icon icon="mdi:close"></ha-icon>
          </button>
        </div>
        ${problem ? html`<p role="alert">${problem}</p>` : nothing}
        <p role="status" class=${plate || problem ? "sr" : ""}>${this.news(localize)}</p>
        ${
          plate
            ? [
                drawBed(
                  plate,
                  (each) => this.stateOf(each),
                  (each) => this.askAbout(each),
                ),
                this.renderList(hass, plate),
              ]
            : nothing
        }
      </div>
    </dialog>`;
  }

  /** Returns what a screen reader says; everybody sees it while nothing else is there. */
  private news(localize: Localize) {
    if (!this.plate && !this.problem) return text(localize, "card.live_connecting");
    const isLeftOut = this.plate?.objects.some(
      ({ name, excluded }) => excluded && name === this.left,
    );
    if (this.left === undefined || !isLeftOut) return nothing;
    return `${shown(this.left)}: ${text(localize, "card.object_excluded")}`;
  }

  private stateOf({ name, excluded }: PlateObject): string {
    if (excluded) return "excluded";
    if (name === this.asked) return "asked";
    return name === this.plate?.current ? "current" : "";
  }

  private askAbout({ name, excluded }: PlateObject): void {
    if (excluded || this.isBusy || !this.isAtWork) return;
    this.asked = name;
    this.place = this.plate ? namesOf(this.plate.objects).indexOf(name) : 0;
  }

  private renderList(hass: HomeAssistant, { objects }: Plate) {
    return html`<ul>
      ${namesOf(objects).map((name, index) => {
        const each = objects.find((object) => object.name === name)!;
        const state = this.stateOf(each);
        return html`<li class=${state} aria-current=${state === "current" ? "true" : nothing}>
          ${state === "asked" ? this.renderQuestion(hass, name) : this.renderRow(hass, each, index)}
        </li>`;
      })}
    </ul>`;
  }

  private renderQuestion({ localize }: HomeAssistant, name: string) {
    return html`<span class="name" dir="auto"
        >${text(localize, "card.object_question", { object: shown(name) })}</span
      >
      <button class="action danger" @click=${() => this.exclude(name)}>
        ${text(localize, "card.object_exclude")}
      </button>
      <button class="action keep" @click=${() => (this.asked = undefined)}>
        ${text(localize, "card.object_keep")}
      </button>`;
  }

  private renderRow({ localize }: HomeAssistant, each: PlateObject, index: number) {
    const exclude = text(localize, "card.object_exclude");
    return html`<span class="secondary number">${index + 1}</span>
      <span class="name"><bdi>${shown(each.name)}</bdi></span>
      ${
        each.excluded
          ? html`<span class="secondary">${text(localize, "card.object_excluded")}</span>`
          : this.isAtWork
            ? html`<button
                class="action"
                title=${exclude}
                aria-label="${exclude}: ${shown(each.name)}"
                aria-disabled=${this.isBusy}
                @click=${() => this.askAbout(each)}
              >
                <ha-icon icon="mdi:selection-remove"></ha-icon>
              </button>`
            : nothing
      }`;
  }

  static override styles = [shared, dialogStyles, styles];
}

/** Returns a name to be shown; slicers also write blanks. */
function shown(name: string): string {
  return name.trim() || "–";
}

define(OBJECTS_DIALOG, ObjectsDialog);
