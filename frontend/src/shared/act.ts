import { fire } from "./fire";
import type { HomeAssistant } from "./hass";

/** Presses a button entity. What goes wrong is shown by Home Assistant itself. */
export async function press(hass: HomeAssistant, entityId: string): Promise<void> {
  try {
    await hass.callService("button", "press", {}, { entity_id: entityId });
  } catch {
    // The user has read it by now; thrown on, it would only stand in the browser's log.
  }
}

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly dismiss: string;
  /** What is done instead of pressing the button. */
  readonly action?: { readonly perform_action: string; readonly data: object };
}

/** Does what the question is about, or presses a button entity, if the user says so in Home Assistant's own dialog. */
export function actAfter(question: Question, from: EventTarget, entityId: string): void {
  fire(from, "hass-action", {
    action: "tap",
    config: {
      tap_action: {
        action: "perform-action",
        ...(question.action ?? {
          perform_action: "button.press",
          target: { entity_id: entityId },
        }),
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
