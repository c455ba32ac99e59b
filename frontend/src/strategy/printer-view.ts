import { cardOf } from "../card/config";
import type { HomeAssistant } from "../shared/hass";
import { heatersOf, printerOf, type Printer } from "../shared/printers";
import { loadTexts, text } from "../shared/texts";
import { PRINTS_CARD, type PrinterViewConfig, type PrintsCardConfig } from "./config";

const HOURS_OF_TEMPERATURES = 6;

// What somebody looks for first; all others follow.
const SETTINGS = [
  "switch.watching_enabled",
  "select.action_on_failure",
  "number.detective_sensitivity",
  "switch.alerts_muted",
];

// Names without the printer's, which stands above them.
const OWN_NAME = { name: { type: "entity" } };

/** The view of a printer: the whole card, its temperatures, settings and prints. */
export class PrinterView extends HTMLElement {
  static readonly registryDependencies = ["entities", "devices"];

  static async generate({ device_id }: PrinterViewConfig, hass: HomeAssistant) {
    const localize = await loadTexts(hass);
    const printer = printerOf(hass, device_id);
    // The card says why there is nothing to see.
    if (!printer) return { cards: [cardOf(device_id)] };
    const section = (key: string, card: object) => ({
      type: "grid",
      cards: [{ type: "heading", heading: text(localize, `dashboard.${key}`) }, card],
    });
    return {
      type: "sections",
      max_columns: 3,
      dense_section_placement: true,
      sections: [
        {
          type: "grid",
          column_span: 2,
          cards: [{ ...cardOf(device_id), grid_options: { columns: "full" } }],
        },
        ...temperatures(hass, printer).map((card) => section("temperatures", card)),
        ...settings(hass, printer).map((card) => section("settings", card)),
        section("prints", {
          type: `custom:${PRINTS_CARD}`,
          device_id,
          grid_options: { columns: "full" },
        } satisfies PrintsCardConfig & { grid_options: object }),
      ],
    };
  }
}

function temperatures(hass: HomeAssistant, printer: Printer): readonly object[] {
  const ids = heatersOf(hass, printer).flatMap(({ temperature, target }) =>
    target === undefined ? [temperature] : [temperature, target],
  );
  if (ids.length === 0 || !hass.config.components.includes("history")) return [];
  return [
    {
      type: "history-graph",
      hours_to_show: HOURS_OF_TEMPERATURES,
      entities: ids.map((entity) => ({ entity, ...OWN_NAME })),
      grid_options: { columns: "full" },
    },
  ];
}

function settings(hass: HomeAssistant, printer: Printer): readonly object[] {
  const ids = [...printer.entities]
    .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
    .flatMap(([, entities]) => entities)
    .filter((id) => {
      const entity = hass.entities[id];
      return entity?.entity_category === "config" && !entity.hidden;
    });
  if (ids.length === 0) return [];
  return [
    {
      type: "entities",
      show_header_toggle: false,
      entities: ids.map((entity) => ({ entity, ...OWN_NAME })),
      grid_options: { columns: "full" },
    },
  ];
}

function rank(key: string): number {
  const index = SETTINGS.indexOf(key);
  return index < 0 ? SETTINGS.length : index;
}
