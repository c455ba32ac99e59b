import { css, html, nothing, type PropertyValues } from "lit";
import { state } from "lit/decorators/state.js";

import { define } from "../../shared/define";
import { showMore } from "../../shared/fire";
import { formatMoment } from "../../shared/format";
import { FAILURE_KEYS, isFailing } from "../../shared/need";
import { isOn, nameOf, stateOf } from "../../shared/printers";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { Visible } from "../../shared/visible";
import { PrinterPart } from "../part";

const CAMERA = "camera.webcam";

// Obico has a new picture of a print every 10 s.
const REFRESH_INTERVAL = 10_000;
// After an error, for example because the printer has no webcam.
const RETRY_INTERVAL = 60_000;
// Limits of the aspect ratio that the element takes over from the picture. Portrait pictures would push
// everything else off the screen.
const WIDEST = 21 / 9;
const TALLEST = 1;

/** The webcam's picture. It is fetched while the element is visible, one request at a time. */
class PrinterCamera extends PrinterPart {
  @state() private picture: HTMLImageElement | undefined;

  private readonly visible = new Visible(this, (visible) => {
    if (visible) void this.fetch();
    this.setTimer();
  });
  private timer: ReturnType<typeof setInterval> | undefined;
  private loading: HTMLImageElement | undefined;
  private asked: string | undefined;
  private failedAt = -Infinity;

  protected override shown() {
    return this.ids(...FAILURE_KEYS, CAMERA, "binary_sensor.printing");
  }

  /** The address of the picture; undefined if there is none. */
  private get address(): string | undefined {
    const picture = this.known(CAMERA)?.attributes["entity_picture"];
    return typeof picture === "string" ? picture : undefined;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    this.toggleAttribute("without", !this.picture && !this.loading);
    const before = changed.get("printer");
    const isAnother = before !== undefined && before.device.id !== this.printer.device.id;
    if (isAnother || this.address === undefined) this.forget();
    if (this.address !== this.asked) void this.fetch();
    this.setTimer();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.setTimer();
    this.abort();
  }

  private setTimer(): void {
    const wanted =
      this.visible.now &&
      this.address !== undefined &&
      !this.asOf &&
      isOn(this.hass, this.printer, "binary_sensor.printing");
    if (wanted) {
      this.timer ??= setInterval(() => {
        if (Date.now() - this.failedAt >= RETRY_INTERVAL) void this.fetch();
      }, REFRESH_INTERVAL);
    } else {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  private async fetch(): Promise<void> {
    const address = this.address;
    // A slow request is not replaced by another one.
    if (address === undefined || !this.visible.now || this.loading || this.asOf) return;
    this.asked = address;
    const picture = (this.loading = new Image());
    picture.src = this.hass.hassUrl(`${address}&_=${Date.now()}`);
    try {
      await picture.decode();
    } catch {
      // There is no picture, or it is broken; the last good one stays.
      if (this.loading === picture) {
        this.loading = undefined;
        this.failedAt = Date.now();
      }
      return;
    }
    if (this.loading !== picture) return;
    this.loading = undefined;
    this.failedAt = -Infinity;
    this.picture = picture;
    const ratio = picture.naturalWidth / picture.naturalHeight;
    if (ratio > 0) {
      this.style.setProperty("--ratio", String(Math.min(WIDEST, Math.max(TALLEST, ratio))));
    }
  }

  private abort(): void {
    if (this.loading) this.loading.src = "";
    this.loading = undefined;
    this.asked = undefined;
  }

  private forget(): void {
    this.abort();
    this.picture = undefined;
    this.style.removeProperty("--ratio");
  }

  protected override render() {
    const camera = stateOf(this.hass, this.printer, CAMERA);
    if (!camera) return nothing;
    const { localize } = this.hass;
    const stale = camera.attributes["stale_since"];
    const name = text(localize, "card.picture_of", { printer: nameOf(this.printer) });
    if (this.picture) this.picture.alt = name;
    return html`
      <button
        class=${!this.asOf && isFailing(this.hass, this.printer) ? "failing" : ""}
        @click=${() => showMore(this, camera.entity_id)}
      >
        ${
          this.picture ??
          html`<span class="none">
            <ha-icon icon="mdi:camera-off"></ha-icon>
            <span class="sr">${name}</span>
            ${this.loading ? nothing : html`<span>${text(localize, "card.no_picture")}</span>`}
          </span>`
        }
        ${
          this.picture && typeof stale === "string"
            ? html`<span class="stale">
                ${text(localize, "card.picture_of_time", {
                  time: formatMoment(new Date(stale), this.hass),
                })}
              </span>`
            : nothing
        }
      </button>
    `;
  }

  static override styles = [
    shared,
    css`
      button {
        position: relative;
        display: block;
        width: 100%;
        height: 100%;
        overflow: hidden;
        border-radius: inherit;
        background: var(--secondary-background-color);
      }
      button:focus-visible {
        outline-offset: -2px;
      }
      button.failing::after {
        content: "";
        position: absolute;
        inset: 0;
        border: 4px solid var(--error-color);
        border-radius: inherit;
      }
      img {
        display: block;
        width: 100%;
        height: 100%;
        /* Nothing is cut off, because it might show the failure. */
        object-fit: contain;
      }
      :host([thumb]) img {
        object-fit: cover;
      }
      .none {
        position: absolute;
        inset: 0;
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        gap: 4px;
        color: var(--secondary-text-color);
      }
      .none ha-icon {
        --mdc-icon-size: 32px;
      }
      .stale {
        position: absolute;
        inset-inline-start: 8px;
        bottom: 8px;
        padding: 2px 8px;
        border-radius: 10px;
        font-size: 12px;
        color: #fff;
        background: rgb(0 0 0 / 65%);
      }
      :host([thumb]) .none span:not(.sr),
      :host([thumb]) .stale {
        display: none;
      }
    `,
  ];
}

define("obico-printer-camera", PrinterCamera);
