import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { define } from "../../shared/define";
import { fire } from "../../shared/fire";
import type { HomeAssistant } from "../../shared/hass";
import { shared } from "../../shared/styles";
import { text } from "../../shared/texts";
import { Visible } from "../../shared/visible";
import { Viewing, type Ended, type Offer } from "./viewing";

// All in ms.
const BACKGROUND = 60_000;
// The agent sends a picture a second at least. Without any for so long, what is shown is not called live.
const QUIET = 5_000;
// And after so long the next attempt is made.
const STALLED = 20_000;
const NEVER_BEGAN = 10_000;
// Until the next attempt, after one that ended.
const PAUSES = [1_000, 3_000, 5_000, 10_000];
// An agent that had sent nothing by then is left alone.
const ATTEMPTS = 2;
// Obico's own app shows 5 pictures a second on the free plan.
const LIMITED_INTERVAL = 200;

/**
 * The live video of a camera.
 *
 * It stops while it is not on the screen, and after a minute in a tab that is not in front, and goes on when it
 * is looked at again. Where there is none, it fires `obico-live-ended` with the reason.
 */
class LiveVideo extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entityId = "";
  @property({ attribute: false }) label = "";

  @state() private offer: Offer | undefined;
  @state() private picture: string | undefined;
  @state() private stream: MediaStream | undefined;
  @state() private isMoving = false;
  /** Seconds until the break of the free plan is over. */
  @state() private wait = 0;

  private viewing: Viewing | undefined;
  private attempts = 0;
  private wasLive = false;
  private shownAt = 0;
  private again: ReturnType<typeof setTimeout> | undefined;
  private background: ReturnType<typeof setTimeout> | undefined;
  private stalled: ReturnType<typeof setTimeout> | undefined;
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private counting: ReturnType<typeof setInterval> | undefined;

  private readonly visible = new Visible(this, () => this.look());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("entityId") && changed.get("entityId")) {
      this.stop();
      this.forget();
      this.look();
    }
    const video = this.renderRoot.querySelector("video");
    if (video && this.stream && video.srcObject !== this.stream) video.srcObject = this.stream;
  }

  /** Begins when it is seen; stops when it is not, in a tab in the background a minute later. */
  private look(): void {
    clearTimeout(this.background);
    if (this.visible.now) {
      if (!this.viewing && !this.again && this.wait === 0) this.begin();
    } else if (document.visibilityState === "visible" || !this.isConnected) {
      this.stop();
    } else {
      this.background = setTimeout(() => this.stop(), BACKGROUND);
    }
  }

  private begin(): void {
    this.again = undefined;
    if (!this.isConnected) return;
    this.viewing = new Viewing(this.hass, this.entityId, {
      offered: (offer) => {
        this.offer = offer;
        this.watchOver();
      },
      video: (stream) => (this.stream = stream),
      picture: (address) => this.show(address),
      ended: (ended) => this.end(ended),
    });
  }

  private stop(): void {
    this.viewing?.close();
    this.viewing = undefined;
    clearTimeout(this.again);
    clearTimeout(this.stalled);
    clearTimeout(this.quiet);
    clearTimeout(this.background);
    clearInterval(this.counting);
    this.wait = 0;
    this.again = undefined;
    this.stream = undefined;
    this.isMoving = false;
    this.attempts = 0;
  }

  private forget(): void {
    this.offer = this.picture = undefined;
    this.wasLive = false;
  }

  private end({ reason, seconds }: Ended): void {
    const { attempts } = this;
    this.stop();
    if (reason === "limit") {
      this.countDown(seconds ?? 0);
      return;
    }
    this.attempts = attempts + 1;
    const isHopeless = !this.wasLive && (reason === "unsupported" || reason === "too_many");
    if (isHopeless || (!this.wasLive && this.attempts >= ATTEMPTS)) {
      fire(this, "obico-live-ended", { reason });
      return;
    }
    const pause = PAUSES[Math.min(attempts, PAUSES.length - 1)]!;
    this.again = setTimeout(() => {
      this.again = undefined;
      if (this.visible.now) this.begin();
    }, pause);
  }

  private countDown(seconds: number): void {
    clearInterval(this.counting);
    this.wait = seconds;
    this.counting = setInterval(() => {
      this.wait -= 1;
      if (this.wait > 0) return;
      clearInterval(this.counting);
      this.wait = 0;
      if (this.visible.now) this.begin();
    }, 1000);
  }

  /** Notes that something moves; where nothing does for long, the next attempt is made. */
  private watchOver(): void {
    clearTimeout(this.stalled);
    const stalled = () => {
      // In the background browsers draw no frames.
      if (document.visibilityState === "visible") this.end({ type: "ended", reason: "failed" });
      else this.watchOver();
    };
    this.stalled = setTimeout(stalled, this.isMoving ? STALLED : NEVER_BEGAN);
  }

  private moves(): void {
    this.isMoving = this.wasLive = true;
    this.attempts = 0;
    this.watchOver();
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => (this.isMoving = false), QUIET);
  }

  private show(address: string): void {
    const now = performance.now();
    if (this.offer?.seconds != null && now - this.shownAt < LIMITED_INTERVAL) return;
    this.shownAt = now;
    this.picture = address;
  }

  private followFrames(video: HTMLVideoElement): void {
    const next = () => {
      if (!this.stream || video.srcObject !== this.stream) return;
      this.moves();
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  }

  private get mounting(): string {
    const { flip_horizontal: h, flip_vertical: v, rotation = 0 } = this.offer ?? {};
    // The last one is applied first.
    return `--turn: rotate(${rotation}deg) scale(${h ? -1 : 1}, ${v ? -1 : 1})`;
  }

  /** Whether the video is as wide as it is to be high. */
  private get isTurned(): boolean {
    return this.offer?.rotation === 90 || this.offer?.rotation === 270;
  }

  protected override render() {
    const { localize } = this.hass;
    const limit = this.offer?.seconds;
    return html`
      <div class="frame ${this.isTurned ? "turned" : ""}">
        ${
          this.offer?.kind === "h264" && this.stream
            ? html`<video
                style=${this.mounting}
                autoplay
                muted
                playsinline
                disablepictureinpicture
                aria-label=${this.label}
                .muted=${true}
                @loadedmetadata=${(event: Event) =>
                  this.followFrames(event.target as HTMLVideoElement)}
              ></video>`
            : nothing
        }
        ${
          this.offer?.kind === "mjpeg" && this.picture
            ? html`<img
                style=${this.mounting}
                src=${this.picture}
                alt=${this.label}
                @load=${() => {
                  if (this.viewing) this.moves();
                }}
              />`
            : nothing
        }
      </div>
      <!-- Each second of a break would be read out in a status. -->
      <div class="notes" role=${this.wait > 0 ? "timer" : "status"}>
        ${
          this.wait > 0
            ? html`<span class="note">
                ${text(localize, "card.live_break", { seconds: this.wait })}
              </span>`
            : this.isMoving
              ? html`<span class="note live">${text(localize, "card.live")}</span> ${
                    limit == null
                      ? nothing
                      : html`<span class="note">
                          ${text(localize, "card.live_limit", { seconds: limit })}
                        </span>`
                  }`
              : html`<span class="note">${text(localize, "card.live_connecting")}</span>`
        }
      </div>
    `;
  }

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
        display: block;
        width: 100%;
        height: 100%;
        overflow: hidden;
        border-radius: inherit;
        background: var(--secondary-background-color);
      }
      .frame {
        position: absolute;
        inset: 0;
        container-type: size;
      }
      video,
      img {
        position: absolute;
        left: 50%;
        top: 50%;
        width: 100cqw;
        height: 100cqh;
        transform: translate(-50%, -50%) var(--turn);
        /* Nothing is cut off, because it might show the failure. */
        object-fit: contain;
      }
      .turned :is(video, img) {
        width: 100cqh;
        height: 100cqw;
      }
      .notes {
        position: absolute;
        inset-inline-start: 8px;
        top: 8px;
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      .note {
        padding: 2px 8px;
        border-radius: 10px;
        font-size: 12px;
        color: #fff;
        background: rgb(0 0 0 / 65%);
      }
      .live {
        background: #c62828;
      }
    `,
  ];
}

define("obico-live-video", LiveVideo);
