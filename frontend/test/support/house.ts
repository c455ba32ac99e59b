/** A Home Assistant with printers, as the frontend sees it. */
import english from "../../../custom_components/obico/translations/en.json";

import type { DeviceEntry, EntityEntry, HassEntity, HomeAssistant } from "../../src/shared/hass";

type Attributes = Record<string, unknown>;
/** What an entity shows: a state, or a state with attributes. */
type Shown = string | readonly [state: string, attributes: Attributes];

export interface Call {
  readonly action: string;
  readonly entityId: string | readonly string[] | undefined;
  readonly data?: Record<string, unknown>;
}

const TEXTS = flatten("component.obico", english);
// One of Home Assistant's own.
TEXTS.set("state.default.unknown", "Unknown");

function flatten(prefix: string, tree: object): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string"
        ? ([[`${prefix}.${key}`, value]] as [string, string][])
        : [...flatten(`${prefix}.${key}`, value)],
    ),
  );
}

/** Returns a text with its placeholders filled in; one that is missing is an error. */
function localize(key: string, values: Record<string, string | number> = {}): string {
  const text = TEXTS.get(key);
  if (text === undefined) throw new Error(`There is no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (!(name in values)) throw new Error(`${key} needs ${name}`);
    return String(values[name]);
  });
}

function stateOf(entityId: string, shown: Shown): HassEntity {
  const [state, attributes] = typeof shown === "string" ? [shown, {}] : shown;
  const now = new Date().toISOString();
  return { entity_id: entityId, state, attributes, last_changed: now, last_updated: now };
}

// No two entities of a test file have one id: pages remember what was seen.
let count = 0;

/** A home to put printers into; `hass` is another object after every change, as in the frontend. */
export class House {
  hass: HomeAssistant;
  readonly calls: Call[] = [];
  /** Answers calls of actions; throws what goes wrong. */
  answer: () => Promise<void> = async () => {};
  /** Answers subscriptions. */
  subscribe: HomeAssistant["connection"]["subscribeMessage"] = async () => async () => {};
  history: (entityIds: string[]) => Promise<unknown> = async () => ({});
  /** Answers which statistics the recorder has. */
  statistics: (ids: string[]) => Promise<unknown> = async () => [];

  constructor() {
    this.hass = {
      states: {},
      entities: {},
      devices: {},
      areas: {},
      language: "en",
      locale: {
        language: "en",
        number_format: "language",
        time_format: "language",
        time_zone: "server",
      },
      config: { language: "en", time_zone: "Europe/Berlin", components: ["history"] },
      services: { obico: { get_events: {}, home: {}, jog: {}, extrude: {} } },
      connected: true,
      localize,
      formatEntityState: (state, value = state.state) => `<${value}>`,
      formatEntityAttributeValue: (state, attribute, value) =>
        `<${value ?? state.attributes[attribute]}>`,
      callService: async (domain, service, data, target) => {
        const action = `${domain}.${service}`;
        const isPlain = data === undefined || Object.keys(data).length === 0;
        this.calls.push({ action, entityId: target?.entity_id, ...(isPlain ? {} : { data }) });
        await this.answer();
      },
      callWS: async <T>(message: { type: string; [key: string]: unknown }) => {
        const of = (key: string) => (message[key] ?? []) as string[];
        return (await (message.type.startsWith("recorder/")
          ? this.statistics(of("statistic_ids"))
          : this.history(of("entity_ids")))) as T;
      },
      loadBackendTranslation: async () => localize,
      auth: { accessToken: "token", expired: false, refreshAccessToken: async () => {} },
      hassUrl: (path) => path,
      connection: { subscribeMessage: (...asked) => this.subscribe(...asked) },
    };
  }

  change(what: Partial<HomeAssistant>): void {
    this.hass = { ...this.hass, ...what };
  }

  device(id: string, more: Partial<DeviceEntry> = {}): void {
    const device = { id, name: id, ...more };
    this.change({ devices: { ...this.hass.devices, [id]: device } });
  }

  /**
   * Adds entities to a device, by domain and translation key.
   *
   * Their ids tell nothing, as after somebody renamed them all.
   */
  entities(device: string, shown: Record<string, Shown>, more: Partial<EntityEntry> = {}): void {
    for (const [key, value] of Object.entries(shown)) {
      const [domain, translationKey] = key.split(/\.(.*)/) as [string, string];
      const id = `${domain}.renamed_${(count += 1)}`;
      const entry: EntityEntry = {
        entity_id: id,
        platform: "obico",
        device_id: device,
        translation_key: translationKey.replace(/\W.*/, ""),
        ...more,
      };
      this.change({ entities: { ...this.hass.entities, [id]: entry } });
      this.set(id, value);
    }
  }

  /** Returns the id of an entity that was added. */
  id(device: string, key: string): string {
    const found = Object.values(this.hass.entities).find(
      ({ entity_id, device_id, translation_key }) =>
        device_id === device && `${entity_id.split(".")[0]}.${translation_key}` === key,
    );
    if (!found) throw new Error(`${device} has no ${key}`);
    return found.entity_id;
  }

  /** Shows another state of an entity, by its id. */
  set(id: string, shown: Shown): void {
    this.change({ states: { ...this.hass.states, [id]: stateOf(id, shown) } });
  }

  /** Shows other states of a printer's entities, all at once. */
  update(device: string, shown: Record<string, Shown>): void {
    const states = Object.entries(shown).map(([key, value]) => {
      const id = this.id(device, key);
      return [id, stateOf(id, value)] as const;
    });
    this.change({ states: { ...this.hass.states, ...Object.fromEntries(states) } });
  }

  /** Adds a printer in the midst of a print; `shown` is what is different, null what it has not. */
  printer(id: string, shown: Record<string, Shown | null> = {}): void {
    this.device(id);
    const all: Record<string, Shown | null> = { ...PRINTING, ...shown };
    this.entities(
      id,
      Object.fromEntries(
        Object.entries(all).filter((each): each is [string, Shown] => each[1] !== null),
      ),
    );
  }
}

const CELSIUS = { unit_of_measurement: "°C" };

const PRINTING: Record<string, Shown> = {
  "sensor.status": "printing",
  "sensor.file": "benchy.gcode",
  "sensor.progress": ["42.4", { unit_of_measurement: "%" }],
  "sensor.time_remaining": ["4320", { unit_of_measurement: "s" }],
  "sensor.finish_time": new Date(Date.now() + 4_320_000).toISOString(),
  "sensor.current_layer": "12",
  "sensor.total_layers": "45",
  "sensor.failure_score": ["12.3", { unit_of_measurement: "%" }],
  "sensor.failure_level": "ok",
  "sensor.not_watching_reason": "watching",
  "sensor.last_alert": "unknown",
  "sensor.last_print_result": ["finished", { file: "vase.gcode" }],
  "sensor.last_print_end": new Date(Date.now() - 7_200_000).toISOString(),
  "sensor.nozzle_temperature": ["215.3", { ...CELSIUS, heater: "tool0" }],
  "number.nozzle_target": ["215", { ...CELSIUS, heater: "tool0" }],
  "sensor.bed_temperature": ["60.1", { ...CELSIUS, heater: "bed" }],
  "number.bed_target": ["0", { ...CELSIUS, heater: "bed" }],
  "binary_sensor.printing": "on",
  "binary_sensor.failure_detected": "off",
  "binary_sensor.problem": "off",
  "binary_sensor.attention": "off",
  "binary_sensor.watching": "on",
  "button.pause": "unknown",
  "button.resume": "unknown",
  "button.cancel": "unknown",
  "button.not_a_failure": "unknown",
  "button.confirm_failure": "unknown",
  "camera.webcam": ["idle", { entity_picture: "/api/camera_proxy/camera.x?token=1" }],
  "event.printer_event": [
    "2026-11-22T09:00:00.000+00:00",
    { event_type: "started", event_id: 7, file: "benchy.gcode" },
  ],
};

/** What a printer shows that nobody can reach. */
export const OFFLINE: Record<string, Shown> = {
  "sensor.status": "offline",
  "sensor.file": "unknown",
  "sensor.progress": "unavailable",
  "sensor.time_remaining": "unavailable",
  "sensor.not_watching_reason": "not_printing",
  "sensor.nozzle_temperature": "unavailable",
  "sensor.bed_temperature": "unavailable",
  "binary_sensor.printing": "unavailable",
  "binary_sensor.problem": "unavailable",
  "binary_sensor.watching": "off",
  "camera.webcam": ["unavailable", { entity_picture: "/api/camera_proxy/camera.x?token=1" }],
};

/** What a printer shows that has nothing to do. */
export const IDLE: Record<string, Shown> = {
  "sensor.status": "idle",
  "sensor.file": "unknown",
  "sensor.progress": "unknown",
  "sensor.time_remaining": "unknown",
  "sensor.current_layer": "unknown",
  "sensor.not_watching_reason": "not_printing",
  "binary_sensor.printing": "off",
  "binary_sensor.watching": "off",
};
