import { LAYOUTS, type Layout } from "../card/config";
import type { HomeAssistant } from "../shared/hass";
import { printers, type Printer } from "../shared/printers";

export const ICON = "mdi:printer-3d";

export const DASHBOARD = "obico";
export const PRINTER_VIEW = "obico-printer";
export const PRINTERS_CARD = "obico-printers-card";
export const PRINTS_CARD = "obico-prints-card";
export const CONTROLS_CARD = "obico-controls-card";
export const EVENTS_CARD = "obico-events-card";
export const SETTINGS_CARD = "obico-settings-card";
export const REVIEW_CARD = "obico-review-card";
export const LIBRARY_CARD = "obico-library-card";
/** The element that edits both dashboard and card of all printers. */
export const EDITOR = "obico-printers-editor";

/** Which printers are shown, and how. */
export interface Choice {
  /** The ids of their devices; without any, all printers. */
  readonly printers?: readonly string[];
  readonly layout?: Layout;
}

export interface DashboardConfig extends Choice {
  readonly type: `custom:${typeof DASHBOARD}`;
}

export interface PrinterViewConfig {
  readonly type: `custom:${typeof PRINTER_VIEW}`;
  readonly device_id: string;
  /** The badges above it if it is the only view of the dashboard. */
  readonly badges?: readonly object[];
}

/** The configuration of a card about one printer without further options. */
export interface PrinterCardConfig {
  readonly type: string;
  readonly device_id: string;
}

export interface PrintersCardConfig extends Choice {
  readonly type: `custom:${typeof PRINTERS_CARD}`;
  /** Whether the name of a printer leads to its view of the dashboard. */
  readonly links?: boolean;
}

export interface PrintsCardConfig {
  readonly type: `custom:${typeof PRINTS_CARD}`;
  readonly device_id: string;
  /** How many prints are shown. */
  readonly limit?: number;
}

/** The configuration of a card about the printers of the dashboard without further options. */
export interface ChoiceCardConfig extends Choice {
  readonly type: string;
}

// More large cards would need much scrolling.
const MOST_FULL = 6;

/** Returns the printers of the configuration. */
export function chosen(hass: HomeAssistant, { printers: ids }: Choice): readonly Printer[] {
  const all = printers(hass);
  return ids?.length ? all.filter(({ device }) => ids.includes(device.id)) : all;
}

/** Returns the text that says why the configuration shows no printer: there is none, or those chosen are gone. */
export function whyNone({ printers: ids }: Choice): string {
  return ids?.length ? "card.printer_gone" : "dashboard.no_printers";
}

/** Returns the layout of the configuration, or else the one that suits the number of printers. */
export function layoutOf({ layout }: Choice, count: number): Layout {
  return layout ?? (count <= MOST_FULL ? "full" : "compact");
}

/** Whether there are so many printers that filters and bulk actions are useful. */
export function isFarm(count: number): boolean {
  return count > MOST_FULL;
}

/** Throws an error if the configuration is invalid. Home Assistant shows it in place of the card. */
export function check({ printers: ids, layout }: Choice): void {
  if (ids !== undefined && !Array.isArray(ids)) throw new Error("printers: not a list of devices");
  if (layout !== undefined && !LAYOUTS.includes(layout)) {
    throw new Error(`layout: neither of ${LAYOUTS.join(", ")}`);
  }
}
