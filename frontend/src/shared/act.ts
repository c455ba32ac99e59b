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
}

/** Presses a button entity if the user says so in Home Assistant's own dialog. */
export function pressAfter(question: Question, from: EventTarget, entityId: string): void {
  fire(from, "hass-action", {
    action: "tap",
    config: {
      tap_action: {
        action: "perform-action",
        perform_action: "button.press",
        target: { entity_id: entityId },
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
