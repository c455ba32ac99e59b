import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { query } from "lit/decorators/query.js";
import { state } from "lit/decorators/state.js";

import { define } from "./define";
import { fire } from "./fire";
import type { HomeAssistant } from "./hass";
import { signedUrl } from "./media";
import "./picture";
import type { Print } from "./prints";
import { shared } from "./styles";
import { text } from "./texts";

const VARIANTS = ["video", "tagged_video"] as const;
type Variant = (typeof VARIANTS)[number];

// One video of the page plays at a time.
let playing: Timelapse | undefined;

/** The poster of a print, which plays the time-lapse in its place. Nothing of a video is loaded before. */
export class Timelapse extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) print!: Print;
  /** Whether the video is shown; the page lays out the element by it. */
  @property({ type: Boolean, reflect: true }) open = false;

  @state() private url: string | undefined;
  @state() private variant: Variant = "video";
  @state() private problem = "";
  @query("video") private readonly video!: HTMLVideoElement | null;

  // The position at which another variant goes on.
  private position = 0;

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    return changed.size > 1 || !changed.has("hass") || !this.hasUpdated;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("print") && changed.get("print")?.id !== this.print.id) this.close();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.close();
  }

  private get variants(): readonly Variant[] {
    return VARIANTS.filter((variant) => this.print[variant]);
  }

  /** Moves the video to a part of its length. */
  seek(part: number): void {
    const { video } = this;
    if (video && Number.isFinite(video.duration)) video.currentTime = part * video.duration;
  }

  close(): void {
    if (playing === this) playing = undefined;
    this.open = false;
    this.url = undefined;
    this.problem = "";
    this.position = 0;
  }

  private async play(variant: Variant): Promise<void> {
    if (playing !== this) playing?.close();
    playing = this;
    this.position = this.video?.currentTime ?? 0;
    this.open = true;
    this.variant = variant;
    this.problem = "";
    try {
      const url = await signedUrl(this.hass, this.print[variant]!);
      if (playing === this && this.variant === variant) this.url = url;
    } catch {
      this.fail();
    }
  }

  private fail(): void {
    this.problem = text(this.hass.localize, "prints.no_video");
  }

  private goOn({ target }: Event): void {
    (target as HTMLVideoElement).currentTime = this.position;
  }

  private tell({ target }: Event): void {
    const { currentTime, duration } = target as HTMLVideoElement;
    fire(this, "obico-position", currentTime / duration);
  }

  protected override render() {
    const { print, open } = this;
    const { localize } = this.hass;
    const [first] = this.variants;
    const file = print.file ?? "";
    const picture = html`<obico-picture
      .hass=${this.hass}
      .path=${print.poster ?? print.thumbnail}
      icon="mdi:printer-3d-nozzle"
    ></obico-picture>`;
    if (!first) return picture;
    if (!open) {
      return html`<button
        class="poster"
        aria-label=${text(localize, "prints.play", { file })}
        @click=${() => this.play(first)}
      >
        ${picture}<ha-icon class="play" icon="mdi:play-circle"></ha-icon>
      </button>`;
    }
    return html`
      ${
        this.problem
          ? html`<p role="alert">${this.problem}</p>`
          : html`<video
              controls
              autoplay
              muted
              loop
              playsinline
              aria-label=${text(localize, "prints.video_of", { file })}
              src=${this.url ?? nothing}
              @loadedmetadata=${this.goOn}
              @timeupdate=${this.tell}
              @error=${this.fail}
            ></video>`
      }
      <div class="chips">
        ${
          this.variants.length > 1
            ? this.variants.map(
                (variant) =>
                  html`<button
                    class="chip"
                    aria-pressed=${variant === this.variant}
                    @click=${() => this.play(variant)}
                  >
                    ${text(localize, `prints.${variant}`)}
                  </button>`,
              )
            : nothing
        }
        <button class="chip" @click=${this.stopped}>${text(localize, "card.close")}</button>
      </div>
    `;
  }

  /** Closes the video, and keeps the focus where it was. */
  private async stopped(): Promise<void> {
    this.close();
    await this.updateComplete;
    this.renderRoot.querySelector("button")?.focus();
  }

  static override styles = [
    shared,
    css`
      .poster {
        position: relative;
        display: block;
        width: 100%;
        height: 100%;
      }
      obico-picture {
        width: 100%;
        height: 100%;
      }
      .play {
        --mdc-icon-size: 32px;
        position: absolute;
        inset: 0;
        margin: auto;
        width: 32px;
        height: 32px;
        border-radius: 50%;
        color: #fff;
        background: rgb(0 0 0 / 55%);
      }
      video {
        display: block;
        width: 100%;
        aspect-ratio: 16 / 9;
        max-height: 70vh;
        border-radius: 8px;
        background: #000;
      }
      p {
        margin: 0;
        padding: 16px;
      }
      .chips {
        margin-top: 8px;
      }
    `,
  ];
}

define("obico-timelapse", Timelapse);
