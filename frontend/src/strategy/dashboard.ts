import type { HomeAssistant } from "../shared/hass";
import { compareNames } from "../shared/need";
import { nameOf, type Printer } from "../shared/printers";
import { loadTexts, text } from "../shared/texts";
import { accountBadges } from "./accounts";
import {
  chosen,
  ICON,
  LIBRARY_CARD,
  PRINTER_VIEW,
  PRINTERS_CARD,
  REVIEW_CARD,
  type DashboardConfig,
  type PrinterViewConfig,
} from "./config";

// More tabs would have to be scrolled. Then the views of printers are subviews of the overview.
const MOST_TABS = 6;

/** The views about all printers besides the overview. */
const TOOLS = [
  { key: "review", icon: "mdi:scale-balance", card: REVIEW_CARD },
  { key: "library", icon: "mdi:folder-open", card: LIBRARY_CARD },
] as const;

/**
 * Generates the dashboard: an overview, a view for each printer, the review and the library. With one printer, its view
 * takes the place of the overview.
 *
 * The views of printers are generated when they are opened.
 */
export async function dashboard(config: DashboardConfig, hass: HomeAssistant) {
  const localize = await loadTexts(hass);
  const printers = chosen(hass, config).toSorted(compareNames(hass));
  const badges = await accountBadges(
    hass,
    text(localize, "dashboard.unlimited"),
    new Set(printers.map(({ device }) => device.via_device_id)),
  );
  const [first, ...others] = printers;
  const { type: _, ...choice } = config;
  const tools = first
    ? TOOLS.map(({ key, icon, card }) =>
        fullView({ title: text(localize, `dashboard.${key}`), path: key, icon }, card, choice),
      )
    : [];
  // An overview of one printer would show less than its view.
  if (first && others.length === 0) {
    return { views: [{ ...viewOf(first, badges), icon: ICON }, ...tools] };
  }
  const about = { title: text(localize, "dashboard.title"), path: "overview", icon: ICON, badges };
  return {
    views: [
      fullView(about, PRINTERS_CARD, { ...choice, links: true }),
      ...printers.map((printer) => ({
        ...viewOf(printer),
        subview: printers.length > MOST_TABS,
      })),
      ...tools,
    ],
  };
}

/** Returns a view with one card that takes all of its width. */
function fullView<About extends object>(about: About, card: string, config: object) {
  return {
    ...about,
    type: "sections",
    max_columns: 4,
    sections: [
      {
        type: "grid",
        column_span: 4,
        cards: [{ type: `custom:${card}`, ...config, grid_options: { columns: "full" } }],
      },
    ],
  };
}

function viewOf(printer: Printer, badges?: readonly object[]) {
  return {
    title: nameOf(printer),
    path: printer.device.id,
    strategy: {
      type: `custom:${PRINTER_VIEW}`,
      device_id: printer.device.id,
      ...(badges ? { badges } : {}),
    } satisfies PrinterViewConfig,
  };
}
