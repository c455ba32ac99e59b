import { LAYOUTS } from "../card/config";
import { define } from "../shared/define";
import { FormEditor, layoutSelector, printerSelector, type Form } from "../shared/form-editor";
import type { HomeAssistant } from "../shared/hass";
import { EDITOR, type Choice } from "./config";

/** The visual editor of the dashboard, and of the card of all printers. */
export class ChoiceEditor extends FormEditor<Choice> {
  protected override schema(hass: HomeAssistant) {
    return [
      { name: "printers", selector: printerSelector(true) },
      { name: "layout", selector: layoutSelector(hass, LAYOUTS, "dropdown") },
    ];
  }

  protected override form(config: Choice): Form {
    return { ...config };
  }

  protected override read(form: Form): Choice {
    return withoutEmpty(form as unknown as Choice);
  }

  protected override label(name: string): string {
    return `dashboard.${name}`;
  }

  protected override helper(name: string): string {
    return `dashboard.${name}_helper`;
  }
}

/** Returns a configuration without empty options. */
export function withoutEmpty(config: Choice): Choice {
  const { printers, layout, ...rest } = config;
  return {
    ...rest,
    ...(printers?.length ? { printers } : {}),
    ...(layout ? { layout } : {}),
  };
}

define(EDITOR, ChoiceEditor);
