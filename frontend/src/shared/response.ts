import type { HomeAssistant } from "./hass";
import { loadErrors, loadTexts, text } from "./texts";

/** What Home Assistant tells of an action that failed. */
interface Failure {
  readonly code?: string;
  readonly message?: string;
  readonly translation_domain?: string;
  readonly translation_key?: string;
  readonly translation_placeholders?: Record<string, string> | null;
}

/** Returns what an error says to the user. */
export function messageOf(error: unknown): string {
  return (error as { message?: string }).message ?? String(error);
}

/**
 * Performs an action of the integration, and returns its answer.
 *
 * What it throws says in the user's language why it failed.
 */
export function getResponse<T>(
  hass: HomeAssistant,
  service: string,
  data: Readonly<Record<string, unknown>>,
): Promise<T> {
  return call<{ response: T }>(hass, service, data, { return_response: true }).then(
    ({ response }) => response,
  );
}

/** Performs an action of the integration that answers nothing; for errors see `getResponse`. */
export async function callAction(
  hass: HomeAssistant,
  service: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  await call(hass, service, data);
}

async function call<T>(
  hass: HomeAssistant,
  service: string,
  service_data: Readonly<Record<string, unknown>>,
  more: object = {},
): Promise<T> {
  try {
    return await hass.callWS<T>({
      type: "call_service",
      domain: "obico",
      service,
      service_data,
      ...more,
    });
  } catch (error) {
    throw new Error(await reasonOf(hass, error as Failure), { cause: error });
  }
}

/** Returns why an action failed: Home Assistant's own message is in the system's language, with words before it. */
async function reasonOf(hass: HomeAssistant, failure: Failure): Promise<string> {
  const { code, translation_domain, translation_key, translation_placeholders } = failure;
  let reason: string | undefined;
  try {
    if (code === "unauthorized") {
      reason = text(await loadTexts(hass), "card.forbidden");
    } else if (translation_domain === "obico" && translation_key) {
      const localize = await loadErrors(hass);
      const key = `component.obico.exceptions.${translation_key}.message`;
      reason = localize(key, translation_placeholders ?? {});
    }
  } catch {
    // The connection may be what is wrong.
  }
  return reason || messageOf(failure);
}
