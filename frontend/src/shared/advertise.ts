import type { HomeAssistant } from "./hass";
import { loadTexts, text } from "./texts";

/** The lists on `window` from which Home Assistant reads custom cards and dashboard strategies. */
type List = "customCards" | "customStrategies";

interface Entry {
  readonly type: string;
  readonly [property: string]: unknown;
}

// Shown until the translations are loaded.
const BRAND = "Obico";

const LOOK_INTERVAL = 250;

/**
 * Adds an entry to one of the lists, with name and description from `config_panel`.
 *
 * Both are getters: Home Assistant reads them when it shows the list, and the language may have changed by then.
 */
export function advertise(list: List, key: string, entry: Entry): void {
  const lists = window as { [name in List]?: Entry[] };
  const entries = (lists[list] ??= []);
  if (entries.some(({ type }) => type === entry.type)) return;
  entries.push({
    ...entry,
    get name() {
      return current(`${key}.name`) || BRAND;
    },
    get description() {
      return current(`${key}.description`);
    },
  });
}

type Root = HTMLElement & { readonly hass?: HomeAssistant };

function root(): Root | null {
  return document.querySelector<Root>("home-assistant");
}

function current(key: string): string {
  const hass = root()?.hass;
  if (!hass) return "";
  // Loads the texts of another language in case the user changed it; they are used the next time.
  void loadTexts(hass);
  return text(hass.localize, key);
}

/** Loads the texts as soon as the user has signed in, because a list does not update once it is shown. */
async function prepare(): Promise<void> {
  const element = root();
  // Home Assistant fires no event when `hass` is set.
  while (element && !element.hass) await new Promise((done) => setTimeout(done, LOOK_INTERVAL));
  if (element?.hass) void loadTexts(element.hass);
}

void prepare();
