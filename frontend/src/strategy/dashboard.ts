import type { HomeAssistant } from "../shared/hass";
import { compareNames } from "../shared/need";
import { nameOf, type Printer } from "../shared/printers";
import { loadTexts, text } from "../shared/texts";
import { accountBadges } from "./accounts";
import {
  chosen,
  ICON,
  PRINTER_VIEW,
  PRINTERS_CARD,
  type DashboardConfig,
  type PrintersCardConfig,
  type PrinterViewConfig,
} from "./config";

// More tabs would have to be scrolled. Then the views of printers are subviews of the overview.
const MOST_TABS = 6;

/**
 * Generates the dashboard: an overview and a view for each printer. With one printer, its view is the only one.
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
  // An overview of one printer would show less than its view.
  if (first && others.length === 0) return { views: [{ ...viewOf(first, badges), icon: ICON }] };
  const { type: _, ...choice } = config;
  const card: PrintersCardConfig = {
    type: `custom:${PRINTERS_CARD}`,
    ...choice,
    links: true,
  };
  return {
    views: [
      {
        title: text(localize, "dashboard.title"),
        path: "overview",
        icon: ICON,
        type: "sections",
        badges,
        max_columns: 4,
        sections: [
          {
            type: "grid",
            column_span: 4,
            cards: [{ ...card, grid_options: { columns: "full" } }],
          },
        ],
      },
      ...printers.map((printer) => ({
        ...viewOf(printer),
        subview: printers.length > MOST_TABS,
      })),
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
