/** The cameras of a printer. */
import type { HomeAssistant } from "./hass";
import { nameOfDevice, type Printer } from "./printers";

/** Returns the ids of a printer's cameras, the primary one first. */
export function camerasOf(hass: HomeAssistant, printer: Printer): readonly string[] {
  return [
    ...(printer.entities.get("camera.webcam") ?? []),
    ...(printer.entities.get("camera.webcam_n") ?? []),
  ].filter((id) => id in hass.states);
}

/** Returns what a camera is called, without the name of its printer. */
export function nameOfCamera(hass: HomeAssistant, printer: Printer, id: string): string {
  const name = String(hass.states[id]?.attributes["friendly_name"] ?? id);
  const device = `${nameOfDevice(printer.device)} `;
  return name.startsWith(device) ? name.slice(device.length) : name;
}
