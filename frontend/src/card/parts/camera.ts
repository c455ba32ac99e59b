import { html, nothing, type PropertyValues } from "lit";
import { state } from "lit/decorators/state.js";

import { camerasOf, nameOfCamera } from "../../shared/cameras";
import { define } from "../../shared/define";
import { loadOrTell } from "../../shared/chunk";
import { showMore } from "../../shared/fire";
import { formatMoment } from "../../shared/format";
import { FAILURE_KEYS, isFailing } from "../../shared/need";
import { isKnown, isOn, nameOf } from "../../shared/printers";
import type { HassEntity } from "../../shared/hass";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { Visible } from "../../shared/visible";
import { PrinterPart } from "../part";
import { cameraStyles } from "./camera-styles";

// Obico has a new picture of a print every 10 s.
const REFRESH_INTERVAL = 10_000;
// After an error, for example because the printer has no webcam.
const RETRY_INTERVAL = 60_000;
// Obico Cloud gives fewer moving pictures after three minutes; a touch later than this begins anew.
const TOUCH_INTERVAL = 60_000;
// Limits of the aspect ratio that the element takes over from the picture. Portrait pictures would push
// everything else off the screen.
const WIDEST = 21 / 9;
const TALLEST = 1;

// What a text says about why there is no live video; of others it only says that there is none.
const REASONS = new Set(["silent", "refused", "unsupported", "too_many"]);

/**
 * The picture of a webcam, or its live video once that was asked for, or moving pictures where there is none.
 *
 * Pictures are fetched, and move, while the element is visible; single ones one request at a time.
 */
class PrinterCamera extends PrinterPart {
  @state() private picture: HTMLImageElement | undefined;
  /** The camera that somebody chose, where the printer has several. */
  @state() private chosen: string | undefined;
  @state() private isLive = false;
  @state() private isMoving = false;
  /** Why there is no live video. */
  @state() private reason: string | undefined;
  @state() private isFullScreen = false;

  private readonly visible = new Visible(this, (visible) => {
    if (visible) void this.fetch();
    this.setTimer();
    this.setMoving();
  });
  private timer: ReturnType<typeof setInterval> | undefined;
  private loading: HTMLImageElement | undefined;
  private asked: string | undefined;
  private failedAt = -Infinity;
  /** The moving pictures, of which camera, and since when. */
  private moving: HTMLImageElement | undefined;
  private movingOf: string | undefined;
  private movingSince = 0;

  protected override shown() {
    return [
      ...this.ids(...FAILURE_KEYS, "binary_sensor.printing"),
      ...camerasOf(this.hass, this.printer),
    ];
  }

  private get camera() {
    const cameras = camerasOf(this.hass, this.printer);
    const id = cameras.find((each) => each === this.chosen) ?? cameras[0];
    return id === undefined ? undefined : this.hass.states[id];
  }

  /** Whether the camera's agent has live video, and it is known how things are now. */
  private get hasLive(): boolean {
    return (
      !this.asOf && isKnown(this.camera) && typeof this.camera.attributes["live_video"] === "string"
    );
  }

  /** The address of the picture; undefined if there is none. */
  private get address(): string | undefined {
    const { camera } = this;
    const picture = isKnown(camera) ? camera.attributes["entity_picture"] : undefined;
    return typeof picture === "string" ? picture : undefined;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    this.toggleAttribute("without", !this.picture && !this.loading);
    const before = changed.get("printer");
    const isAnother =
      (before !== undefined && before.device.id !== this.printer.device.id) ||
      (changed.has("chosen" as never) && this.asked !== undefined);
    if (isAnother) this.reason = undefined;
    if (isAnother || this.address === undefined) this.forget();
    if (this.address !== this.asked) void this.fetch();
    this.setTimer();
    this.setMoving();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("pointerdown", this.touch);
    this.addEventListener("fullscreenchange", this.followFullScreen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("fullscreenchange", this.followFullScreen);
    this.removeEventListener("pointerdown", this.touch);
    this.setTimer();
    this.setMoving();
    this.abort();
  }

  private readonly touch = (): void => {
    if (this.moving && Date.now() - this.movingSince > TOUCH_INTERVAL) {
      this.stand();
      this.setMoving();
    }
  };

  /** Begin or end the moving pictures. */
  private setMoving(): void {
    const wanted =
      this.isMoving && this.visible.now && this.address !== undefined && !this.asOf
        ? this.camera
        : undefined;
    if (wanted?.entity_id === this.movingOf) return;
    this.stand();
    if (wanted === undefined) return;
    const image = (this.moving = new Image());
    const token = String(wanted.attributes["access_token"]);
    image.src = this.hass.hassUrl(`/api/camera_proxy_stream/${wanted.entity_id}?token=${token}`);
    this.movingOf = wanted.entity_id;
    this.movingSince = Date.now();
    this.requestUpdate();
  }

  private stand(): void {
    // Without this the browser would go on in the background.
    if (this.moving) this.moving.src = "";
    this.moving = this.movingOf = undefined;
    this.requestUpdate();
  }

  private readonly followFullScreen = (): void => {
    this.isFullScreen = document.fullscreenElement !== null;
  };

  private setTimer(): void {
    const wanted =
      this.visible.now &&
      !this.isLive &&
      !this.isMoving &&
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
    if ((this.isLive || this.isMoving) && this.picture) return;
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

  private async toggleLive(): Promise<void> {
    this.reason = undefined;
    if (this.isLive || this.isMoving) {
      this.isLive = this.isMoving = false;
      void this.fetch();
      return;
    }
    if (!this.hasLive) {
      this.isMoving = true;
      return;
    }
    if (await loadOrTell(this, this.hass, () => import("../live/player"))) this.isLive = true;
  }

  private async toggleFullScreen(): Promise<void> {
    try {
      if (this.isFullScreen) await document.exitFullscreen();
      else await this.requestFullscreen();
    } catch {
      // The browser does not allow it here.
    }
  }

  private renderTools(camera: HassEntity) {
    const { localize } = this.hass;
    const cameras = camerasOf(this.hass, this.printer);
    const isRunning = this.isLive || this.isMoving;
    const kind = this.isMoving || !this.hasLive ? "moving" : "live";
    const live = text(localize, `card.${kind}_${isRunning ? "stop" : "start"}`);
    const screen = text(
      localize,
      this.isFullScreen ? "card.leave_full_screen" : "card.full_screen",
    );
    // Of many printers on a page, it is heard whose picture it is.
    const of = nameOf(this.printer);
    return html`<div class="tools">
      ${
        cameras.length > 1
          ? html`<select
              aria-label="${text(localize, "card.choose_camera")} ${of}"
              .value=${camera.entity_id}
              @change=${({ target }: Event) => (this.chosen = (target as HTMLSelectElement).value)}
            >
              ${cameras.map(
                (id) =>
                  html`<option value=${id} ?selected=${id === camera.entity_id}>
                    ${nameOfCamera(this.hass, this.printer, id)}
                  </option>`,
              )}
            </select>`
          : nothing
      }
      ${
        isRunning || (isKnown(camera) && !this.asOf)
          ? html`<button
              class="tool"
              title=${live}
              aria-label="${live} ${of}"
              @click=${() => void this.toggleLive()}
            >
              <ha-icon icon=${isRunning ? "mdi:stop" : "mdi:play"}></ha-icon>
            </button>`
          : nothing
      }
      ${
        (this.picture || this.isLive) && document.fullscreenEnabled
          ? html`<button
              class="tool"
              title=${screen}
              aria-label="${screen} ${of}"
              @click=${() => void this.toggleFullScreen()}
            >
              <ha-icon
                icon=${this.isFullScreen ? "mdi:fullscreen-exit" : "mdi:fullscreen"}
              ></ha-icon>
            </button>`
          : nothing
      }
    </div>`;
  }

  protected override render() {
    const { camera } = this;
    if (!camera) return nothing;
    // The buttons stay what they are as the picture above them changes: who presses one keeps the focus.
    return html`
      ${
        // It goes on after a moment in which the camera was unavailable, as while its account is reloaded.
        this.isLive && !this.asOf ? this.renderLive(camera) : this.renderPicture(camera)
      }
      ${this.hasAttribute("thumb") ? nothing : this.renderTools(camera)}
    `;
  }

  private renderLive(camera: HassEntity) {
    return html`<obico-live-video
      class=${isFailing(this.hass, this.printer) ? "failing" : ""}
      .hass=${this.hass}
      .entityId=${camera.entity_id}
      .label=${text(this.hass.localize, "card.picture_of", { printer: nameOf(this.printer) })}
      @obico-live-ended=${({ detail }: CustomEvent<{ reason: string }>) => {
        this.isLive = false;
        this.isMoving = true;
        this.reason = detail.reason;
        void this.fetch();
      }}
    ></obico-live-video>`;
  }

  private renderPicture(camera: HassEntity) {
    const { localize } = this.hass;
    const stale = camera.attributes["stale_since"];
    const name = text(localize, "card.picture_of", { printer: nameOf(this.printer) });
    const shown = this.moving ?? this.picture;
    if (shown) shown.alt = name;
    return html`
      <button
        class=${!this.asOf && isFailing(this.hass, this.printer) ? "failing" : ""}
        @click=${() => showMore(this, camera.entity_id)}
      >
        ${
          shown ??
          html`<span class="none">
            <ha-icon icon="mdi:camera-off"></ha-icon>
            <span class="sr">${name}</span>
            ${this.loading ? nothing : html`<span>${text(localize, "card.no_picture")}</span>`}
          </span>`
        }
        ${
          shown && typeof stale === "string"
            ? html`<span class="stale">
                ${text(localize, "card.picture_of_time", {
                  time: formatMoment(new Date(stale), this.hass),
                })}
              </span>`
            : nothing
        }
      </button>
      ${
        this.reason === undefined || this.hasAttribute("thumb")
          ? nothing
          : html`<span class="stale reason" role="status">
              ${text(localize, `card.live_${REASONS.has(this.reason) ? this.reason : "failed"}`)}
            </span>`
      }
    `;
  }

  static override styles = [shared, cameraStyles];
}

define("obico-printer-camera", PrinterCamera);
