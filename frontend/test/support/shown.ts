/** A card on a page, and what somebody finds in it. */
import type { PrinterCard } from "../../src/card/printer-card";
import "../../src/card/printer-card";
import { CARD, cardOf, type CardConfig } from "../../src/card/config";
import { contentTag } from "../../src/shared/lazy-card";
import type { House } from "./house";

export class Shown {
  readonly card: PrinterCard;

  constructor(
    protected readonly house: House,
    shown: CardConfig | PrinterCard,
  ) {
    if (shown instanceof HTMLElement) {
      this.card = shown;
      return;
    }
    this.card = document.createElement(contentTag(CARD)) as PrinterCard;
    this.card.setConfig(shown);
    this.card.hass = house.hass;
    document.body.append(this.card);
  }

  static async of(house: House, device: string, more: Partial<CardConfig> = {}): Promise<Shown> {
    const shown = new Shown(house, cardOf(device, more));
    await shown.settled();
    return shown;
  }

  /** Hands the card the home as it is now, as Home Assistant does after every change. */
  async refresh(): Promise<void> {
    this.card.hass = this.house.hass;
    await this.settled();
  }

  async settled(): Promise<void> {
    // A piece is drawn after what it is in, and what it waits for comes later still.
    for (let round = 0; round < 6; round += 1) await new Promise((done) => setTimeout(done));
  }

  /** Returns all elements that match, through all shadow roots. */
  all(selector: string, root: ParentNode = this.card.shadowRoot!): HTMLElement[] {
    return [...root.querySelectorAll<HTMLElement>("*")].flatMap((element) => [
      ...(element.matches(selector) ? [element] : []),
      ...(element.shadowRoot ? this.all(selector, element.shadowRoot) : []),
    ]);
  }

  has(selector: string): boolean {
    return this.all(selector).length > 0;
  }

  one(selector: string): HTMLElement {
    const [first, second] = this.all(selector);
    if (!first || second) throw new Error(`Not one ${selector}`);
    return first;
  }

  /** Returns a piece of the card, such as "job". */
  part(name: string): HTMLElement {
    return this.one(`obico-printer-${name}`);
  }

  /** Returns what stands in a piece of the card, in one line. */
  text(name: string): string {
    return wordsIn(this.part(name));
  }

  /** Returns the button that is called so, with or without the printer's name after it. */
  button(name: string): HTMLElement {
    const named = this.all("button").filter((button) =>
      [nameOf(button), this.shortNameOf(button)].includes(name),
    );
    if (named.length !== 1) throw new Error(`${named.length} buttons are called ${name}`);
    return named[0]!;
  }

  /** Returns what the buttons are called, without the printer's name. */
  get buttons(): string[] {
    return this.all("button.action").map((button) => this.shortNameOf(button));
  }

  private shortNameOf(button: HTMLElement): string {
    const printer = this.one("h2").textContent!.trim();
    return nameOf(button).replace(new RegExp(` ${printer}$`), "");
  }

  remove(): void {
    this.card.remove();
  }
}

/** Returns what somebody reads in an element, in one line; what is only read out, too. */
function wordsIn(node: Node): string {
  const walk = (at: Node): string =>
    at instanceof HTMLElement && at.shadowRoot
      ? walk(at.shadowRoot as unknown as Node)
      : at.nodeType === Node.TEXT_NODE
        ? (at.textContent ?? "")
        : at.nodeName === "STYLE"
          ? ""
          : [...at.childNodes].map(walk).join(" ");
  return walk(node).replace(/\s+/g, " ").trim();
}

/** Returns the accessible name of a button. */
export function nameOf(button: HTMLElement): string {
  return (
    button.getAttribute("aria-label") ?? (button.textContent ?? "").replace(/\s+/g, " ").trim()
  );
}

/** Counts how often elements are drawn from now on, by their names. */
export function countDrawings(elements: readonly HTMLElement[]): Map<string, number> {
  const drawn = new Map<string, number>();
  for (const element of elements) {
    const host = element as unknown as { render(): unknown };
    const { render } = host;
    host.render = function (this: unknown) {
      const name = element.localName;
      drawn.set(name, (drawn.get(name) ?? 0) + 1);
      return render.call(this);
    };
  }
  return drawn;
}
