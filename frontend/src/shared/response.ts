import type { HomeAssistant } from "./hass";

/** Returns what an error says to the user. */
export function messageOf(error: unknown): string {
  return (error as { message?: string }).message ?? String(error);
}

/** Performs an action of the integration, and returns its answer. */
export async function getResponse<T>(
  hass: HomeAssistant,
  service: string,
  data: Readonly<Record<string, unknown>>,
): Promise<T> {
  const { response } = await hass.callWS<{ response: T }>({
    type: "call_service",
    domain: "obico",
    service,
    service_data: data,
    return_response: true,
  });
  return response;
}
