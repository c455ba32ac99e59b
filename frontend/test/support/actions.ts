/** Actions of the integration that answer, for cards that ask the server. */
import type { HomeAssistant } from "../../src/shared/hass";
import { Shown } from "./shown";
import type { House } from "./house";

type Data = Record<string, unknown>;
type Answer = (data: Data) => unknown;

/** The actions that were asked for, with their data, in order. */
export class Actions {
  readonly asked: (readonly [service: string, data: Data])[] = [];
  /** The paths that were signed. */
  readonly signed: string[] = [];

  constructor(
    house: House,
    private readonly answers: Record<string, Answer>,
  ) {
    const callWS = async (message: { type: string } & Data) => {
      if (message.type === "auth/sign_path") {
        this.signed.push(String(message["path"]));
        return { path: `${message["path"]}?authSig=x` };
      }
      const service = String(message["service"]);
      const data = message["service_data"] as Data;
      this.asked.push([service, data]);
      return { response: await this.answers[service]!(data) };
    };
    house.change({ callWS: callWS as HomeAssistant["callWS"] });
  }

  /** Returns the data with which an action was asked for. */
  of(service: string): Data[] {
    return this.asked.filter(([name]) => name === service).map(([, data]) => data);
  }
}

export interface Card extends HTMLElement {
  hass?: HomeAssistant;
  setConfig(config: never): void;
}

/** A card on a page that is no card of a printer. */
export class ShownCard extends Shown {
  static async show<T extends Card>(house: House, tag: string, config: object): Promise<ShownCard> {
    const card = document.createElement(tag) as T;
    card.setConfig(config as never);
    card.hass = house.hass;
    document.body.append(card);
    const shown = new ShownCard(house, card as never);
    await shown.settled();
    return shown;
  }

  /** Returns what stands on the card, in one line. */
  get words(): string {
    return this.textOf("ha-card");
  }

  textOf(selector: string): string {
    return this.one(selector)
      .textContent!.replace(/[\s\u00a0\u202f]+/g, " ")
      .trim();
  }

  /** Presses what is called so. */
  async press(name: string | RegExp): Promise<void> {
    const found = this.all("button").filter((button) => {
      const label = button.getAttribute("aria-label") ?? button.textContent!;
      const said = label.replace(/\s+/g, " ").trim();
      return typeof name === "string" ? said === name : name.test(said);
    });
    if (found.length === 0) throw new Error(`No button is called ${name}`);
    found[0]!.click();
    await this.settled();
  }
}
