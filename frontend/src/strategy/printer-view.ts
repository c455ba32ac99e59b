import { cardOf } from "../card/config";
import type { HomeAssistant } from "../shared/hass";
import { entityNames } from "../shared/names";
import { heatersOf, printerOf, type Printer } from "../shared/printers";
import { loadTexts, text } from "../shared/texts";
import {
  CONTROLS_CARD,
  EVENTS_CARD,
  PRINTS_CARD,
  SETTINGS_CARD,
  type PrinterViewConfig,
} from "./config";
import { statisticsGraphs } from "./statistics";

const HOURS_OF_TEMPERATURES = 6;
// As high as what stands beside them; more are shown on demand.
const PRINTS = 5;
// Home Assistant divides the width of a section into so many columns.
const COLUMNS_OF_SECTION = 12;

/** Generates the view of a printer: its card, controls, events, temperatures, prints, statistics and settings. */
export async function printerView({ device_id, badges }: PrinterViewConfig, hass: HomeAssistant) {
  const localize = await loadTexts(hass);
  const printer = printerOf(hass, device_id);
  // The card says that the printer is gone.
  if (!printer) return { cards: [cardOf(device_id)] };
  const section = (key: string, cards: readonly object[]) => ({
    type: "grid",
    cards: [
      { type: "heading", heading: text(localize, `dashboard.${key}`) },
      ...cards.map((card) => ({ grid_options: { columns: "full" }, ...card })),
    ],
  });
  const [graph, statistics] = await Promise.all([
    temperatures(hass, printer),
    statisticsGraphs(hass, localize, printer),
  ]);
  // Two side by side where there is room; the last of an odd number has a row of its own.
  const inPairs = statistics.length - (statistics.length % 2);
  const graphs = {
    ...section(
      "statistics",
      statistics.map((graph, index) =>
        index < inPairs ? { ...graph, grid_options: { columns: COLUMNS_OF_SECTION } } : graph,
      ),
    ),
    column_span: Math.min(statistics.length, 2),
  };
  const ours = (type: string) => ({ type: `custom:${type}`, device_id });
  return {
    type: "sections",
    max_columns: 4,
    dense_section_placement: true,
    ...(badges ? { badges } : {}),
    sections: [
      {
        type: "grid",
        column_span: 2,
        cards: [
          {
            ...cardOf(device_id, { show_preheat: false, show_events: false }),
            grid_options: { columns: "full" },
          },
        ],
      },
      section("controls", [ours(CONTROLS_CARD)]),
      section("events", [ours(EVENTS_CARD)]),
      ...graph.map((card) => section("temperatures", [card])),
      section("prints", [{ ...ours(PRINTS_CARD), limit: PRINTS }]),
      ...(statistics.length > 0 ? [graphs] : []),
      {
        type: "grid",
        cards: [{ ...ours(SETTINGS_CARD), grid_options: { columns: "full" } }],
      },
    ],
  };
}

async function temperatures(hass: HomeAssistant, printer: Printer): Promise<readonly object[]> {
  const ids = heatersOf(hass, printer).flatMap(({ temperature, target }) =>
    target === undefined ? [temperature] : [temperature, target],
  );
  if (ids.length === 0 || !hass.config.components.includes("history")) return [];
  const nameOf = await entityNames(hass, printer);
  return [
    {
      type: "history-graph",
      hours_to_show: HOURS_OF_TEMPERATURES,
      entities: ids.map((entity) => ({ entity, name: nameOf(entity) })),
    },
  ];
}
