import type { HomeAssistant } from "../shared/hass";
import { FormEditor, layoutSelector, printerSelector, type Form } from "../shared/form-editor";
import { define } from "../shared/define";
import { CARD_EDITOR, LAYOUTS, PARTS, shows, type CardConfig } from "./config";

/** The visual editor of the card. */
export class PrinterCardEditor extends FormEditor<CardConfig> {
  protected override schema(hass: HomeAssistant, config: CardConfig) {
    return [
      { name: "device_id", required: true, selector: printerSelector() },
      { name: "name", selector: { text: {} } },
      { name: "layout", selector: layoutSelector(hass, LAYOUTS, "box") },
      {
        type: "grid",
        name: "",
        flatten: true,
        // All parts that the layout can show, whether they are switched off or not.
        schema: PARTS.filter((part) => shows({ ...config, ...ALL }, part)).map((part) => ({
          name: `show_${part}`,
          selector: { boolean: {} },
        })),
      },
    ];
  }

  protected override form = formOf;
  protected override read = configOf;

  protected override label(name: string): string {
    return `editor.${name}`;
  }
}

const ALL: Form = Object.fromEntries(PARTS.map((part) => [`show_${part}`, true]));
const DEFAULTS: Form = { name: "", layout: "full", ...ALL };

/** Returns the values of the form for a configuration, defaults included. */
export function formOf(config: CardConfig): Form {
  return { ...DEFAULTS, ...config };
}

/** Returns the configuration for the values of the form, without defaults. */
export function configOf(form: Form): CardConfig {
  return Object.fromEntries(
    Object.entries(form).filter(([name, value]) => value !== undefined && value !== DEFAULTS[name]),
  ) as CardConfig;
}

define(CARD_EDITOR, PrinterCardEditor);
