import { html, nothing } from "lit";
import { state } from "lit/decorators/state.js";

import "../card/parts/preheat";
import { ask, has, perform, pressOf, type Action } from "../shared/act";
import { define } from "../shared/define";
import { formatNumber } from "../shared/format";
import type { HomeAssistant } from "../shared/hass";
import { contentTag } from "../shared/lazy-card";
import { entityId, isKnown, nameOf, stateOf, type Printer } from "../shared/printers";
import { unknownSince } from "../shared/server";
import { isInPrint, isStanding } from "../shared/status";
import { shared } from "../shared/styles";
import { text } from "../shared/texts";
import { CardOfPrinter } from "./card-of-printer";
import { CONTROLS_CARD } from "./config";
import { controlsStyles } from "./controls-card-styles";
import "./rates";

// In mm, from fine adjustment to making room.
const STEPS = [0.1, 1, 10, 50] as const;
const LENGTHS = [1, 5, 10, 50] as const;

// Statuses in which a printer accepts no commands.
const ABSENT: ReadonlySet<string> = new Set(["offline", "disconnected", "connecting"]);

// The emergency stop must be pressed again within this time.
const ARMED_MS = 5000;

/** The controls of a printer: only those that it has and accepts in its present status. */
export class ControlsCard extends CardOfPrinter {
  @state() private step: number = 10;
  @state() private length: number = 5;
  @state() private isArmed = false;

  private disarm: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.disarm);
    this.isArmed = false;
  }

  protected override render() {
    const { hass, printer } = this;
    if (!hass || !printer) return nothing;
    const why = whyNot(hass, printer);
    return html`<ha-card>
      ${
        why === undefined
          ? this.renderControls(hass, printer)
          : html`<p class="secondary">${text(hass.localize, why)}</p>`
      }
    </ha-card>`;
  }

  private renderControls(hass: HomeAssistant, printer: Printer) {
    const isPrinting = isInPrint(hass, printer);
    const canMove = !isPrinting && has(hass, "jog");
    const canExtrude = (!isPrinting || isStanding(hass, printer)) && has(hass, "extrude");
    return html`
      ${
        isPrinting
          ? html`<p class="secondary">${text(hass.localize, "dashboard.not_in_print")}</p>`
          : html`<obico-preheat .hass=${hass} .printer=${printer}></obico-preheat>`
      }
      ${canMove ? this.renderMoves(hass) : nothing}
      ${canExtrude ? this.renderExtruder(hass) : nothing}
      <obico-printer-rates .hass=${hass} .printer=${printer}></obico-printer-rates>
      ${this.renderStop(hass, printer)}
    `;
  }

  private renderMoves(hass: HomeAssistant) {
    const move = (axis: string, sign: 1 | -1, icon: string) => {
      const distance = sign * this.step;
      const label = `${axis.toUpperCase()} ${sign > 0 ? "+" : "−"}${formatNumber(this.step, hass.locale, 1)} mm`;
      return html`<button
        class="action ${axis}${sign > 0 ? "p" : "m"}"
        aria-label=${label}
        title=${label}
        @click=${() => this.do("jog", { device_id: this.config!.device_id, [axis]: distance })}
      >
        <ha-icon icon=${icon}></ha-icon>
      </button>`;
    };
    const home = (key: string, area: string, axes?: readonly string[]) => {
      const label = text(hass.localize, key);
      return html`<button
        class="action ${area}"
        aria-label=${label}
        title=${label}
        @click=${() =>
          this.do("home", { device_id: [this.config!.device_id], ...(axes ? { axes } : {}) })}
      >
        <ha-icon icon="mdi:home"></ha-icon>
      </button>`;
    };
    return html`<section>
      <div class="pad" dir="ltr" role="group" aria-label=${text(hass.localize, "dashboard.move")}>
        ${move("y", 1, "mdi:arrow-up")} ${move("x", -1, "mdi:arrow-left")}
        ${home("dashboard.home_xy", "hxy", ["x", "y"])} ${move("x", 1, "mdi:arrow-right")}
        ${move("y", -1, "mdi:arrow-down")} ${move("z", 1, "mdi:arrow-up")}
        ${home("dashboard.home_z", "hz", ["z"])} ${move("z", -1, "mdi:arrow-down")}
        <span class="xy" aria-hidden="true">X Y</span><span class="z" aria-hidden="true">Z</span>
      </div>
      ${this.renderSizes(hass, "dashboard.step", STEPS, this.step, (step) => (this.step = step))}
    </section>`;
  }

  private renderExtruder(hass: HomeAssistant) {
    const extrude = (key: string, icon: string, sign: 1 | -1) =>
      html`<button
        class="action"
        @click=${() =>
          this.do("extrude", { device_id: this.config!.device_id, length: sign * this.length })}
      >
        <ha-icon icon=${icon}></ha-icon>${text(hass.localize, key)}
      </button>`;
    return html`<section>
      <div class="row">
        ${extrude("dashboard.extrude", "mdi:arrow-collapse-down", 1)}
        ${extrude("dashboard.retract", "mdi:arrow-collapse-up", -1)}
      </div>
      ${this.renderSizes(
        hass,
        "dashboard.length",
        LENGTHS,
        this.length,
        (length) => (this.length = length),
      )}
    </section>`;
  }

  private renderSizes(
    hass: HomeAssistant,
    key: string,
    sizes: readonly number[],
    current: number,
    choose: (size: number) => void,
  ) {
    return html`<div class="chips" role="group" aria-label=${text(hass.localize, key)}>
      ${sizes.map(
        (size) =>
          html`<button class="chip" aria-pressed=${size === current} @click=${() => choose(size)}>
            <bdi>${formatNumber(size, hass.locale, 1)} mm</bdi>
          </button>`,
      )}
    </div>`;
  }

  private renderStop(hass: HomeAssistant, printer: Printer) {
    const button = entityId(printer, "button.emergency_stop");
    // Only Klipper has an emergency stop; its agent is moonraker-obico.
    const canAct =
      has(hass, "emergency_stop") && /moonraker|klipper/i.test(printer.device.sw_version ?? "");
    if (button === undefined && !canAct) return nothing;
    const name = hass.localize("component.obico.entity.button.emergency_stop.name");
    return html`<button
        class="action stop"
        @click=${() => {
          if (!this.isArmed) {
            this.isArmed = true;
            this.disarm = setTimeout(() => (this.isArmed = false), ARMED_MS);
            return;
          }
          clearTimeout(this.disarm);
          this.isArmed = false;
          ask(
            {
              title: name,
              text: text(hass.localize, "dashboard.stop_text", { printer: nameOf(printer) }),
              confirm: name,
            },
            this,
            button === undefined
              ? actionOf("emergency_stop", { device_id: [printer.device.id] })
              : pressOf(button),
          );
        }}
      >
        <ha-icon icon="mdi:alert-octagon"></ha-icon>
        <span>${this.isArmed ? text(hass.localize, "dashboard.stop_again") : name}</span>
      </button>
      <span role="status" class="sr"
        >${this.isArmed ? text(hass.localize, "dashboard.stop_again") : nothing}</span
      >`;
  }

  private do(service: string, data: object): void {
    void perform(this.hass!, actionOf(service, data));
  }

  static override styles = [shared, controlsStyles];
}

/** Returns the text that says why a printer cannot be controlled; undefined if it can. */
function whyNot(hass: HomeAssistant, printer: Printer): string | undefined {
  if (unknownSince(hass, printer)) return "dashboard.unreachable";
  const status = stateOf(hass, printer, "sensor.status");
  if (!status) return undefined;
  // OctoPrint is disconnected after an error; Klipper, which has no button to connect, is not.
  const isLost = status.state === "error" && entityId(printer, "button.connect") !== undefined;
  return isLost || !isKnown(status) || ABSENT.has(status.state)
    ? "dashboard.no_controls"
    : undefined;
}

function actionOf(service: string, data: object): Action {
  return { perform_action: `obico.${service}`, data };
}

define(contentTag(CONTROLS_CARD), ControlsCard);
