import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";

import { fire } from "./fire";
import type { HomeAssistant } from "./hass";
import "./reload";
import { text } from "./texts";

/**
 * Code that an element loads when it is first needed: `new Chunk(this, () => import("./events"))`.
 *
 * An open page asks for the files of the version that it was loaded with. After an update they are gone, and the page
 * has to be reloaded.
 */
export class Chunk<T> implements ReactiveController {
  private state: "wanted" | "loading" | "loaded" | "gone" = "wanted";
  private module: T | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly fetch: () => Promise<T>,
  ) {
    host.addController(this);
  }

  hostConnected(): void {}

  /** Renders what the chunk is needed for: nothing while it is loaded, and a notice if it cannot be. */
  render(hass: HomeAssistant, content: (module: T) => unknown): unknown {
    if (this.state === "loaded") return content(this.module!);
    if (this.state === "gone") return html`<obico-reload .hass=${hass}></obico-reload>`;
    if (this.state === "wanted") void this.load();
    return nothing;
  }

  private async load(): Promise<void> {
    this.state = "loading";
    try {
      this.module = await this.fetch();
      this.state = "loaded";
    } catch (error) {
      // It can also be a mistake in the code.
      console.error(error);
      this.state = "gone";
    }
    this.host.requestUpdate();
  }
}

/** Loads a chunk for what the user just did, such as opening a dialog; if it is gone, a message says so. */
export async function loadOrTell<T>(
  from: EventTarget,
  { localize }: HomeAssistant,
  fetch: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await fetch();
  } catch {
    fire(from, "hass-notification", {
      message: text(localize, "card.reload_text"),
      action: { text: text(localize, "card.reload"), action: () => location.reload() },
      duration: -1,
      dismissable: true,
    });
    return undefined;
  }
}
