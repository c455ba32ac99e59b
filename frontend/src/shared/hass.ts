/** The parts of Home Assistant's frontend that are used here, with its own names. */

export interface HassEntity {
  readonly entity_id: string;
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly last_changed: string;
  readonly last_updated: string;
}

/** An entry of the entity registry, as the frontend has it. Disabled entities are left out. */
export interface EntityEntry {
  readonly entity_id: string;
  readonly platform?: string;
  readonly device_id?: string;
  readonly translation_key?: string;
  readonly entity_category?: "config" | "diagnostic";
  readonly hidden?: boolean;
  /** The name that the user gave, or else the integration's in the system's language. */
  readonly name?: string | null;
}

export interface DeviceEntry {
  readonly id: string;
  readonly name: string | null;
  readonly name_by_user?: string | null;
  readonly entry_type?: "service" | null;
  /** Domain and id of each. */
  readonly identifiers?: readonly (readonly [domain: string, id: string])[];
  readonly via_device_id?: string | null;
  readonly config_entries?: readonly string[];
  readonly configuration_url?: string | null;
  readonly area_id?: string | null;
  readonly sw_version?: string | null;
}

export interface Locale {
  readonly language: string;
  readonly number_format:
    | "language"
    | "system"
    | "comma_decimal"
    | "decimal_comma"
    | "quote_decimal"
    | "space_comma"
    | "none";
  readonly time_format: "language" | "system" | "12" | "24";
  readonly time_zone: "local" | "server";
}

export type Localize = (key: string, values?: Record<string, string | number>) => string;

export interface HomeAssistant {
  readonly states: Readonly<Record<string, HassEntity>>;
  readonly entities: Readonly<Record<string, EntityEntry>>;
  readonly devices: Readonly<Record<string, DeviceEntry>>;
  readonly areas: Readonly<Record<string, { readonly name: string }>>;
  readonly language: string;
  readonly locale: Locale;
  /** The actions that there are, by domain and name. */
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly config: {
    /** The system's language, which may be another one than the user's. */
    readonly language: string;
    readonly time_zone: string;
    readonly components: readonly string[];
  };
  readonly connected: boolean;
  readonly user?: { readonly is_admin: boolean };
  readonly auth: {
    readonly accessToken: string;
    readonly expired: boolean;
    refreshAccessToken(): Promise<void>;
  };
  readonly localize: Localize;
  readonly formatEntityState: (state: HassEntity, value?: string) => string;
  readonly formatEntityAttributeValue: (
    state: HassEntity,
    attribute: string,
    value?: unknown,
  ) => string;
  /** Calls an action. Errors are shown to the user, then thrown. */
  callService(
    domain: string,
    service: string,
    data?: Record<string, unknown>,
    target?: { entity_id: string | readonly string[] },
  ): Promise<unknown>;
  callWS<T>(message: { type: string; [key: string]: unknown }): Promise<T>;
  loadBackendTranslation(category: string, integration: string): Promise<Localize>;
  hassUrl(path: string): string;
  readonly connection: {
    /** Subscribes to a command's events, and returns what ends that. */
    subscribeMessage<T>(
      callback: (event: T) => void,
      message: { type: string; [key: string]: unknown },
      options?: { resubscribe?: boolean },
    ): Promise<() => Promise<void>>;
  };
}
