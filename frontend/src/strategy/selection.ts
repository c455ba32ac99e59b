import { NEEDS, type Need } from "../shared/need";
import { SORTS, type Sort } from "../shared/order";

/** The filter and order of the printers, and those that are selected for a bulk action. */
export interface Selection {
  readonly filter: Need | undefined;
  readonly sort: Sort;
  /** The ids of the selected devices; undefined while nothing can be selected. */
  readonly chosen: ReadonlySet<string> | undefined;
}

const ALL: Selection = { filter: undefined, sort: "need", chosen: undefined };

/**
 * Returns the selection that was last made for a card in this tab of the browser.
 *
 * Home Assistant makes the cards of a generated dashboard anew when a device or an entity is added, and when somebody
 * comes back from the view of a printer.
 */
export function selectionOf(config: object): Selection {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(config)) ?? "{}") as {
      filter?: Need;
      sort?: Sort;
      chosen?: readonly string[];
    };
    return {
      // An older version may have had others.
      filter: NEEDS.find((filter) => filter === kept.filter),
      sort: SORTS.find((sort) => sort === kept.sort) ?? ALL.sort,
      chosen: kept.chosen && new Set(kept.chosen),
    };
  } catch {
    // Browsers can be set to keep nothing.
    return ALL;
  }
}

/** Keeps the selection that was made for a card. */
export function keepSelection(config: object, selection: Selection): void {
  const chosen = selection.chosen && [...selection.chosen];
  try {
    sessionStorage.setItem(keyOf(config), JSON.stringify({ ...selection, chosen }));
  } catch {
    // Then it is lost with the card.
  }
}

/** Cards are told apart by their dashboard, the first part of the path, and by their configuration. */
function keyOf(config: object): string {
  return `obico-selection:${location.pathname.split("/")[1]}:${JSON.stringify(config)}`;
}
