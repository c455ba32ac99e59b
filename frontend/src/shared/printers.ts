import type { DeviceEntry, EntityEntry, HassEntity, HomeAssistant } from "./hass";
import { text } from "./texts";

const PLATFORM = "obico";

/** A heater, or a sensor that only tells a temperature. */
export interface Heater {
  /** Its kind: nozzle, nozzle_n, bed, chamber or heater. */
  readonly kind: string;
  readonly temperature: string;
  /** The number entity that sets the target; without one, the sensor that shows it. */
  readonly target: string | undefined;
}

/**
 * A printer, with the ids of its entities.
 *
 * An entity is known by its domain and translation key ("sensor.status"), so that it is
 * found under whatever name and id the user gave it.
 */
export interface Printer {
  readonly device: DeviceEntry;
  /** What it is called: no two printers are called the same. */
  readonly name: string;
  readonly entities: ReadonlyMap<string, readonly string[]>;
  readonly entityIds: readonly string[];
  /** The ids of all entities that tell something about it, its server's among them. */
  readonly about: readonly string[];
  /** The account that it belongs to, if its device is there. */
  readonly account: Account | undefined;
}

/** An account, with the entity that tells whether its server can be reached. */
export interface Account {
  readonly device: DeviceEntry;
  readonly server: string | undefined;
}

interface Found {
  readonly entities: HomeAssistant["entities"];
  readonly devices: HomeAssistant["devices"];
  readonly areas: HomeAssistant["areas"];
  readonly printers: ReadonlyMap<string, Printer>;
}

let found: Found | undefined;

/** Returns all printers by device id. The result is cached until a registry changes. */
function allPrinters(hass: HomeAssistant): ReadonlyMap<string, Printer> {
  const { entities, devices, areas } = hass;
  if (found?.entities !== entities || found.devices !== devices || found.areas !== areas) {
    found = { entities, devices, areas, printers: search(hass) };
  }
  return found.printers;
}

function search(hass: HomeAssistant): ReadonlyMap<string, Printer> {
  const byDevice = new Map<string, Map<string, string[]>>();
  for (const entity of Object.values(hass.entities)) {
    if (entity.platform !== PLATFORM || !entity.device_id) continue;
    const ids = getOrAdd(byDevice, entity.device_id, () => new Map<string, string[]>());
    getOrAdd(ids, keyOf(entity), () => []).push(entity.entity_id);
  }
  const devices = [...byDevice].flatMap(([id, entities]) => {
    const device = hass.devices[id];
    // The device of an account is a service.
    return device && device.entry_type !== "service" ? [{ device, entities }] : [];
  });
  const names = tellApart(
    devices.map(({ device }) => device),
    [
      (device) => nameOfDevice(hass.devices[device.via_device_id ?? ""]),
      (device) => hass.areas[device.area_id ?? ""]?.name ?? "",
      idInObico,
    ],
  );
  const printers = new Map<string, Printer>();
  for (const { device, entities } of devices) {
    const accountDevice = hass.devices[device.via_device_id ?? ""];
    const account = accountDevice && {
      device: accountDevice,
      server: byDevice.get(accountDevice.id)?.get("binary_sensor.server")?.[0],
    };
    const entityIds = [...entities.values()].flat();
    const about = account?.server === undefined ? entityIds : [...entityIds, account.server];
    const name = names.get(device)!;
    printers.set(device.id, { device, name, entities, entityIds, about, account });
  }
  return printers;
}

/**
 * Returns the names of devices, of which equal ones are followed by what tells them apart.
 *
 * The integration does the same for notifications and actions (`account/names.py`).
 */
function tellApart(
  devices: readonly DeviceEntry[],
  qualifiers: readonly ((device: DeviceEntry) => string)[],
): ReadonlyMap<DeviceEntry, string> {
  const names = new Map(devices.map((device) => [device, nameOfDevice(device)]));
  for (const qualifier of qualifiers) {
    const equal = new Map<string, DeviceEntry[]>();
    for (const [device, name] of names) {
      getOrAdd(equal, name.toLowerCase(), () => []).push(device);
    }
    for (const group of equal.values()) {
      const found = group.map(qualifier);
      if (new Set(found).size === 1) continue;
      group.forEach((device, index) => {
        if (found[index]) names.set(device, `${names.get(device)!} · ${found[index]}`);
      });
    }
  }
  return names;
}

/** Returns a printer's id in Obico, which ends the identifier of its device. */
function idInObico(device: DeviceEntry): string {
  const [, identifier = ""] = device.identifiers?.find(([domain]) => domain === PLATFORM) ?? [];
  return identifier.slice(identifier.lastIndexOf("_") + 1);
}

function keyOf(entity: EntityEntry): string {
  return `${domainOf(entity.entity_id)}.${entity.translation_key}`;
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

export function domainOf(entityId: string): string {
  return entityId.slice(0, entityId.indexOf("."));
}

/** Returns all printers of all accounts, in no particular order. */
export function printers(hass: HomeAssistant): readonly Printer[] {
  return [...allPrinters(hass).values()];
}

/** Returns the printer of a device. */
export function printerOf(hass: HomeAssistant, deviceId: string | undefined): Printer | undefined {
  return deviceId === undefined ? undefined : allPrinters(hass).get(deviceId);
}

/** Returns the printer that an entity belongs to. */
export function printerOfEntity(hass: HomeAssistant, entityId: string): Printer | undefined {
  const entity = hass.entities[entityId];
  return entity?.platform === PLATFORM ? printerOf(hass, entity.device_id) : undefined;
}

/** Returns what a printer is called: no two are called the same. */
export function nameOf(printer: Printer): string {
  return printer.name;
}

/** Returns the name of a device, as the user gave it, "" where there is no device. */
export function nameOfDevice(device: DeviceEntry | undefined): string {
  return device?.name_by_user || device?.name || "";
}

/** Returns the id of an entity of a printer: `entityId(printer, "sensor.status")`. */
export function entityId(printer: Printer, key: string): string | undefined {
  return printer.entities.get(key)?.[0];
}

/** Returns the state of an entity of a printer. */
export function stateOf(
  hass: HomeAssistant,
  printer: Printer,
  key: string,
): HassEntity | undefined {
  const id = entityId(printer, key);
  return id === undefined ? undefined : hass.states[id];
}

/** Whether an entity exists and is neither unavailable nor unknown. */
export function isKnown(state: HassEntity | undefined): state is HassEntity {
  return state !== undefined && state.state !== "unavailable" && state.state !== "unknown";
}

/** Returns the number that an entity shows, if it shows one. */
export function numberOf(hass: HomeAssistant, printer: Printer, key: string): number | undefined {
  const state = stateOf(hass, printer, key);
  if (!isKnown(state)) return undefined;
  const value = Number(state.state);
  return Number.isFinite(value) ? value : undefined;
}

/** Whether a binary sensor or a switch is on. */
export function isOn(hass: HomeAssistant, printer: Printer, key: string): boolean {
  return stateOf(hass, printer, key)?.state === "on";
}

const HEATER_KINDS = ["nozzle", "nozzle_n", "bed", "chamber", "heater"] as const;

/** Returns the heaters of a printer: nozzles first, then bed, chamber and others. */
export function heatersOf(hass: HomeAssistant, printer: Printer): readonly Heater[] {
  return HEATER_KINDS.flatMap((kind) => {
    const targets = [
      ...(printer.entities.get(`number.${kind}_target`) ?? []),
      ...(printer.entities.get(`sensor.${kind}_target`) ?? []),
    ];
    return (printer.entities.get(`sensor.${kind}_temperature`) ?? []).map((temperature) => ({
      kind,
      temperature,
      // Several heaters can share a translation key; the attribute `heater` pairs temperature and target.
      target: targets.find((id) => heaterName(hass, id) === heaterName(hass, temperature)),
    }));
  });
}

/** 0 °C by the other units that the user can choose. */
const ZERO_CELSIUS: Readonly<Record<string, number>> = { "°F": 32, K: 273.15 };

/** Returns the target that turns a heater off: 0 °C, in whatever unit the user sees. */
export function offTargetOf(target: HassEntity): number {
  return ZERO_CELSIUS[String(target.attributes["unit_of_measurement"])] ?? 0;
}

/** Whether a target turns a heater off. Home Assistant may have rounded it after a conversion. */
export function isOffTarget(target: HassEntity): boolean {
  return Number(target.state) < offTargetOf(target) + 0.5;
}

/** Returns what a heater is called in the user's language. */
export function heaterNameOf(hass: HomeAssistant, heater: Heater): string {
  const name = String(heaterName(hass, heater.temperature) ?? "");
  switch (heater.kind) {
    case "nozzle":
    case "bed":
    case "chamber":
      return text(hass.localize, `card.${heater.kind}`);
    case "nozzle_n":
      // Servers count from zero: tool1 is the second nozzle.
      return text(hass.localize, "card.nozzle_n", { number: Number(name.replace(/\D/g, "")) + 1 });
    default:
      return name.replaceAll("_", " ");
  }
}

function heaterName(hass: HomeAssistant, id: string): unknown {
  return hass.states[id]?.attributes["heater"];
}
