import { fire } from "./fire";
import type { HomeAssistant } from "./hass";
import { isKnown, nameOf, stateOf, type Printer } from "./printers";
import { text } from "./texts";

/** An action of Home Assistant, as its dashboards have it in their configuration. */
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

/** Performs an action. What goes wrong is shown by Home Assistant itself. */
export async function perform(hass: HomeAssistant, action: Action): Promise<void> {
  const [domain, service] = action.perform_action.split(".") as [string, string];
  try {
    await hass.callService(domain, service, { ...action.data }, action.target);
  } catch {
    // The user has read it by now; thrown on, it would only stand in the browser's log.
  }
}

/** Returns the action that presses a button entity. */
export function pressOf(entityId: string): Action {
  return { perform_action: "button.press", target: { entity_id: entityId } };
}

/** Performs an action if the user says so in Home Assistant's own dialog. */
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

/** Returns what is asked before a print is cancelled. */
export function cancelQuestion(hass: HomeAssistant, printer: Printer): Question {
  const { localize } = hass;
  const file = stateOf(hass, printer, "sensor.file");
  // Without a file's name the sensor is unknown, and tells the print all the same.
  const printId = file?.attributes["print_id"];
  return {
    title: text(localize, "card.cancel_title"),
    text: text(localize, "card.cancel_text", {
      printer: nameOf(printer),
      file: isKnown(file) ? file.state : "",
    }),
    confirm: localize("component.obico.entity.button.cancel.name"),
    dismiss: text(localize, "card.cancel_not"),
    // Of that print and no other, however late somebody answers.
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
