import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators/property.js";
import { state } from "lit/decorators/state.js";

import { define } from "./define";
import type { HomeAssistant } from "./hass";
import { signedUrl } from "./media";
import { Visible } from "./visible";

/** A picture behind an authenticated path. It is loaded when it is first seen; without one there is an icon. */
class Picture extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  /** Without one there is no picture. */
  @property({ attribute: false }) path: string | null | undefined;
  @property() label = "";
  /** What is shown without a picture. */
  @property() icon = "mdi:image-off-outline";

  @state() private url: string | undefined;

  private askedFor: string | null | undefined;
  private readonly visible = new Visible(this, () => void this.load());

  // The rest of `hass` does not matter.
  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    return changed.size > 1 || !changed.has("hass") || !this.hasUpdated;
  }

  protected override updated(): void {
    void this.load();
  }

  private async load(): Promise<void> {
    const { path } = this;
    if (!this.visible.now || path === this.askedFor) return;
    this.askedFor = path;
    this.url = undefined;
    if (!path) return;
    try {
      const url = await signedUrl(this.hass, path);
      if (this.askedFor === path) this.url = url;
    } catch {
      // The connection was lost: the icon stays, and the picture is asked for when it is seen again.
      this.askedFor = undefined;
    }
  }

  /** Tells styles the aspect ratio, which is that of the last picture until another one is there. */
  private measure({ target }: Event): void {
    const { naturalWidth, naturalHeight } = target as HTMLImageElement;
    const ratio = naturalWidth / naturalHeight;
    if (ratio > 0) this.style.setProperty("--picture-ratio", String(ratio));
  }

  protected override render() {
    return this.url === undefined
      ? html`<ha-icon icon=${this.icon}></ha-icon>`
      : html`<img
          alt=${this.label || nothing}
          role=${this.label ? nothing : "presentation"}
          src=${this.url}
          @load=${this.measure}
          @error=${() => (this.url = undefined)}
        />`;
  }

  static override styles = css`
    :host {
      display: flex;
      align-items: center;
      justify-content: center;
      overflow: hidden;
      border-radius: 8px;
      color: var(--secondary-text-color);
      background: var(--secondary-background-color);
    }
    img {
      width: 100%;
      height: 100%;
      object-fit: var(--picture-fit, cover);
    }
    ha-icon {
      --mdc-icon-size: 24px;
    }
  `;
}

define("obico-picture", Picture);
