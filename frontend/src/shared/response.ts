import type { HomeAssistant } from "./hass";

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
