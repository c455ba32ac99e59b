export const CARD = "obico-printer-card";
export const CARD_EDITOR = `${CARD}-editor`;

/** The parts of a card besides name and status. */
export const PARTS = [
  "camera",
  "job",
  "ai",
  "temperatures",
  "preheat",
  "controls",
  "events",
] as const;
export type Part = (typeof PARTS)[number];

export const LAYOUTS = ["full", "compact"] as const;
export type Layout = (typeof LAYOUTS)[number];

/** A part is shown unless it is false: `show_camera: false`. */
export type CardConfig = {
  type: `custom:${typeof CARD}`;
  device_id?: string;
  name?: string;
  layout?: Layout;
  /** Whether temperatures are shown in one line, and only the last event. */
  brief?: boolean;
  /** The path to which the printer's name links. */
  navigation_path?: string;
} & { [part in Part as `show_${part}`]?: boolean };

/** Returns the configuration of the card of a printer. */
export function cardOf(deviceId: string, more: Partial<CardConfig> = {}): CardConfig {
  return { type: `custom:${CARD}`, device_id: deviceId, ...more };
}

export function isCompact(config: CardConfig): boolean {
  return config.layout === "compact";
}

// The compact layout has no room for these.
const ONLY_FULL: ReadonlySet<Part> = new Set(["temperatures", "preheat", "events"]);

/** Whether a card shows a part. */
export function shows(config: CardConfig, part: Part): boolean {
  return config[`show_${part}`] !== false && !(isCompact(config) && ONLY_FULL.has(part));
}
