/** The files that a printer can print: those of the cloud, and those of the printer itself. */
import type { HomeAssistant } from "../shared/hass";
import { nameOf, type Printer } from "../shared/printers";
import { getResponse } from "../shared/response";
import { text } from "../shared/texts";

/** A place with files. */
export interface Source {
  readonly key: string;
  readonly name: string;
  /** The cloud's files belong to an account, and are asked for by any of its printers. */
  readonly kind: "cloud" | "printer";
  readonly deviceId: string;
  /** The printers that can print the files. */
  readonly printers: readonly Printer[];
}

export interface PrintFile {
  readonly name: string;
  readonly path: string;
  /** In bytes. */
  readonly size: number | null;
  readonly modified_at: string | null;
  /** In seconds. */
  readonly estimated_time: number | null;
  /** In meters. */
  readonly filament: number | null;
  readonly thumbnail: string | null;
}

export interface Folder {
  readonly name: string;
  readonly path: string;
}

/** The answer of the action `obico.get_files`. */
export interface Files {
  readonly folders: readonly Folder[];
  readonly files: readonly PrintFile[];
  readonly has_more: boolean;
}

export const SORTS = ["date_desc", "name", "size_desc"] as const;
export type Sort = (typeof SORTS)[number];

export interface Question {
  readonly source: Source;
  readonly folder: string;
  readonly search: string;
  readonly sort: Sort;
  readonly offset: number;
}

const PAGE = 50;

/** Returns the sources of files of printers: the cloud of each account first. */
export function sourcesOf(hass: HomeAssistant, printers: readonly Printer[]): readonly Source[] {
  const byAccount = Map.groupBy(printers, ({ account }) => account?.device.id);
  const cloud = text(hass.localize, "library.cloud");
  const clouds = [...byAccount].map(([id, those]): Source => {
    const { account } = those[0]!;
    const name = account && (account.device.name_by_user || account.device.name);
    return {
      key: `cloud ${id}`,
      name: byAccount.size > 1 && name ? `${cloud} (${name})` : cloud,
      kind: "cloud",
      deviceId: those[0]!.device.id,
      printers: those,
    };
  });
  const own = printers.map((printer): Source => {
    const { id } = printer.device;
    return {
      key: id,
      name: nameOf(printer),
      kind: "printer",
      deviceId: id,
      printers: [printer],
    };
  });
  return [...clouds, ...own];
}

/** Asks for a page of files. */
export function loadFiles(hass: HomeAssistant, question: Question): Promise<Files> {
  const { source, folder, search, sort, offset } = question;
  return getResponse<Files>(hass, "get_files", {
    device_id: source.deviceId,
    source: source.kind,
    sort,
    limit: PAGE,
    offset,
    ...(folder ? { folder } : {}),
    ...(search ? { search } : {}),
  });
}

/** Returns the id of the config entry of a source's account. */
export function entryOf({ printers }: Source): string | undefined {
  return printers[0]?.device.config_entries?.[0];
}
