import { fire } from "./fire";
import type { HomeAssistant } from "./hass";
import { isKnown, nameOf, stateOf, type Printer } from "./printers";
import { text } from "./texts";

/** An action call in the form of a dashboard's `tap_action`. */
export interface Action {
  readonly perform_action: string;
  readonly data?: object;
  readonly target?: { readonly entity_id: string | readonly string[] };
}

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly dismiss?: string;
  /** What is done instead of pressing the button. */
  readonly action?: Action;
}

/** Performs an action, and returns whether it worked. Home Assistant itself shows errors to the user. */
export async function perform(hass: HomeAssistant, action: Action): Promise<boolean> {
  const [domain, service] = action.perform_action.split(".") as [string, string];
  try {
    await hass.callService(domain, service, { ...action.data }, action.target);
    return true;
  } catch {
    // The error was shown already.
    return false;
  }
}

/** Returns the action that presses a button entity. */
export function pressOf(entityId: string): Action {
  return { perform_action: "button.press", target: { entity_id: entityId } };
}

/** Whether the integration has an action: an older one may not. */
export function has(hass: HomeAssistant, service: string): boolean {
  return hass.services["obico"]?.[service] !== undefined;
}

/** Performs an action after the user confirmed it in Home Assistant's own dialog. */
export function ask(question: Question, from: EventTarget, action: Action): void {
  fire(from, "hass-action", {
    action: "tap",
    config: {
      tap_action: {
        action: "perform-action",
        ...action,
        confirmation: {
          title: question.title,
          text: question.text,
          confirm_text: question.confirm,
          dismiss_text: question.dismiss,
        },
      },
    },
  });
}

/** Returns the confirmation for cancelling the present print of a printer. */
export function cancelQuestion(hass: HomeAssistant, printer: Printer): Question {
  const { localize } = hass;
  const file = stateOf(hass, printer, "sensor.file");
  // The attribute is also set while the file has no name and the sensor is unknown.
  const printId = file?.attributes["print_id"];
  return {
    title: text(localize, "card.cancel_title"),
    text: text(localize, "card.cancel_text", {
      printer: nameOf(printer),
      file: isKnown(file) ? file.state : "",
    }),
    confirm: localize("component.obico.entity.button.cancel.name"),
    dismiss: text(localize, "card.cancel_not"),
    // With the print's id, a late confirmation cannot cancel the next print.
    ...(printId
      ? {
          action: {
            perform_action: "obico.cancel_print",
            data: { device_id: [printer.device.id], print_id: printId },
          },
        }
      : {}),
  };
}
