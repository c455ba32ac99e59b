import type { HomeAssistant, Localize } from "../shared/hass";
import type { Printer } from "../shared/printers";
import { text } from "../shared/texts";

const DAYS_TO_SHOW = 365;

/** The graphs, each with the statistics that it shows and their names. */
const GRAPHS = [
  { prints: "prints", failures: "failed_prints" },
  { print_time: "print_time" },
  { filament: "filament" },
] as const;

/**
 * Returns graphs of what a printer has printed, by month, in the order in which they are shown.
 *
 * They show the statistics that the integration has given to the recorder: there are none without recorder or prints.
 */
export async function statisticsGraphs(
  hass: HomeAssistant,
  localize: Localize,
  printer: Printer,
): Promise<readonly object[]> {
  const prefix = prefixOf(printer);
  if (prefix === undefined || !hass.config.components.includes("recorder")) return [];
  const graphs = GRAPHS.map((names) =>
    Object.entries(names).map(([key, name]) => ({
      entity: `${prefix}_${key}`,
      name: text(localize, `dashboard.${name}`),
    })),
  );
  const known = await recorded(
    hass,
    graphs.flat().map(({ entity }) => entity),
  );
  return graphs.flatMap((all) => {
    const entities = all.filter(({ entity }) => known.has(entity));
    const [first, ...others] = entities;
    if (!first) return [];
    return [
      {
        type: "statistics-graph",
        title: first.name,
        entities,
        stat_types: ["change"],
        chart_type: "bar",
        period: "month",
        days_to_show: DAYS_TO_SHOW,
        hide_legend: others.length === 0,
      },
    ];
  });
}

/** Returns what the ids of a printer's statistics begin with: they have the identifier of its device. */
function prefixOf(printer: Printer): string | undefined {
  const identifier = printer.device.identifiers?.find(([domain]) => domain === "obico");
  return identifier && `obico:${identifier[1]}`;
}

/** Returns those statistics that the recorder has; none if it does not answer. */
async function recorded(hass: HomeAssistant, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const message = { type: "recorder/get_statistics_metadata", statistic_ids: ids };
  try {
    const found = await hass.callWS<readonly { readonly statistic_id: string }[]>(message);
    return new Set(found.map(({ statistic_id }) => statistic_id));
  } catch {
    return new Set();
  }
}
