import type { HomeAssistant } from "./hass";
import { loadTexts, text } from "./texts";

/** Lists on the window that Home Assistant reads, with what offers its entry when. */
type List = "customCards" | "customStrategies";

interface Entry {
  readonly type: string;
  readonly [property: string]: unknown;
}

// What people see while the texts are not there.
const BRAND = "Obico";

const LOOK_INTERVAL = 250;

/**
 * Puts an entry into a list from which people choose, with name and description of `config_panel`.
 *
 * They are read when the list is shown, which may be in another language than at first.
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
  // The user may have another language by now, for the next time.
  void loadTexts(hass);
  return text(hass.localize, key);
}

/** Has the texts loaded as soon as somebody has signed in: a list is shown at once, and once. */
async function prepare(): Promise<void> {
  const element = root();
  // Nothing tells when.
  while (element && !element.hass) await new Promise((done) => setTimeout(done, LOOK_INTERVAL));
  if (element?.hass) void loadTexts(element.hass);
}

void prepare();
