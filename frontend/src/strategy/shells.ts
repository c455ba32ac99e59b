/** The dashboard and its cards, as Home Assistant knows them before their code is loaded. */
import type { HomeAssistant } from "../shared/hass";
import { LazyCard, lazyEditor } from "../shared/lazy-card";
import { RELOAD } from "../shared/reload";
import { text } from "../shared/texts";
import {
  check,
  type ChoiceCardConfig,
  type DashboardConfig,
  EDITOR,
  ICON,
  type PrinterCardConfig,
  type PrintersCardConfig,
  type PrinterViewConfig,
  type PrintsCardConfig,
} from "./config";

// What Home Assistant shows where the code of a view is gone.
const GONE = { cards: [{ type: `custom:${RELOAD}` }] };

export class Dashboard extends HTMLElement {
  // Home Assistant generates it again when the registries change.
  static readonly registryDependencies = ["entities", "devices"];

  static getCreateSuggestions(hass: HomeAssistant) {
    return { title: text(hass.localize, "dashboard.title") || "Obico", icon: ICON };
  }

  static getConfigElement(): Promise<HTMLElement> {
    return lazyEditor(EDITOR, () => import("./editor"));
  }

  static async generate(config: DashboardConfig, hass: HomeAssistant): Promise<object> {
    check(config);
    const code = await import("./strategies").catch(() => undefined);
    return code ? code.dashboard(config, hass) : { views: [GONE] };
  }
}

export class PrinterView extends HTMLElement {
  static readonly registryDependencies = ["entities", "devices"];

  static async generate(config: PrinterViewConfig, hass: HomeAssistant): Promise<object> {
    const code = await import("./strategies").catch(() => undefined);
    return code ? code.printerView(config, hass) : GONE;
  }
}

export class PrintersCard extends LazyCard<PrintersCardConfig> {
  static getStubConfig(): object {
    return {};
  }

  static getConfigElement(): Promise<HTMLElement> {
    return lazyEditor(EDITOR, () => import("./editor"));
  }

  protected override load() {
    return Promise.all([import("./printers-card"), import("../card/printer-card")]);
  }

  protected override check(config: PrintersCardConfig): void {
    check(config);
  }

  override getGridOptions() {
    return { columns: "full", rows: "auto" };
  }
}

/** A card of the view of a printer. */
abstract class CardOfPrinter<Config extends PrinterCardConfig> extends LazyCard<Config> {
  protected override check({ device_id }: Config): void {
    if (typeof device_id !== "string") throw new Error("device_id: not the id of a device");
  }
}

export class PrintsCard extends CardOfPrinter<PrintsCardConfig> {
  protected override load() {
    return import("./prints-card");
  }
}

export class ReviewCard extends LazyCard<ChoiceCardConfig> {
  protected override load() {
    return import("./review-card");
  }

  protected override check(config: ChoiceCardConfig): void {
    check(config);
  }
}

export class LibraryCard extends LazyCard<ChoiceCardConfig> {
  protected override load() {
    return import("./library-card");
  }

  protected override check(config: ChoiceCardConfig): void {
    check(config);
  }
}

export class ControlsCard extends CardOfPrinter<PrinterCardConfig> {
  protected override load() {
    return import("./controls-card");
  }
}

export class EventsCard extends CardOfPrinter<PrinterCardConfig> {
  protected override load() {
    return import("./events-card");
  }
}

export class SettingsCard extends CardOfPrinter<PrinterCardConfig> {
  protected override load() {
    return import("./settings-card");
  }
}
