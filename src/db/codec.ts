// Between JavaScript values and what both databases store: JSON as TEXT, booleans as 0 and 1. Applied by the connections
// themselves, by the column's name; a name means the same kind of value in every table, which the types below enforce.
import type { Schema } from './schema.ts';

type Rows = { [T in keyof Schema]: Schema[T] };
type ColumnsLike<Value, T extends keyof Rows> = {
  [C in keyof Rows[T]]-?: Plain<Rows[T][C]> extends Value ? C : never;
}[keyof Rows[T]];
type Plain<V> = NonNullable<V extends { readonly __select__: infer S } ? S : V>;
type Named<Value> = { [T in keyof Rows]: ColumnsLike<Value, T> }[keyof Rows] & string;

const jsonColumns: Record<Named<object>, true> = {
  driver_info: true,
  driver_internal_info: true,
  instance_info: true,
  properties: true,
  extra: true,
  network_data: true,
  clean_step: true,
  deploy_step: true,
  service_step: true,
  raid_config: true,
  target_raid_config: true,
  internal_info: true,
  local_link_connection: true,
  drivers: true,
  traits: true,
  candidate_nodes: true,
  steps: true,
  conditions: true,
  actions: true,
  inventory_data: true,
  plugin_data: true,
  allowable_values: true,
  body: true,
  detail: true,
};

const booleanColumns: Record<Named<boolean>, true> = {
  maintenance: true,
  console_enabled: true,
  automated_clean: true,
  protected: true,
  retired: true,
  secure_boot: true,
  disable_power_off: true,
  standalone_ports_supported: true,
  dynamic_portgroup: true,
  pxe_enabled: true,
  is_smartnic: true,
  available_for_dynamic_portgroup: true,
  online: true,
  default: true,
  disable_ramdisk: true,
  public: true,
  sensitive: true,
  read_only: true,
  reset_required: true,
  unique: true,
};

/** How a column of this name is stored. */
export function kindOfColumn(name: string): 'json' | 'boolean' | 'plain' {
  if (Object.hasOwn(jsonColumns, name)) return 'json';
  return Object.hasOwn(booleanColumns, name) ? 'boolean' : 'plain';
}

/** A value as it goes to the database: objects and lists as JSON text, booleans as 1 and 0. */
export function encodeValue(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === undefined) return null;
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) return JSON.stringify(value);
  return value;
}

export type RowDecoder = (row: Record<string, unknown>) => void;

/** What turns rows with these columns, in place, into what the program sees; made once for each statement. */
export function decoderOf(columns: readonly string[]): RowDecoder | undefined {
  const json = columns.filter((name) => kindOfColumn(name) === 'json');
  const booleans = columns.filter((name) => kindOfColumn(name) === 'boolean');
  if (json.length === 0 && booleans.length === 0) return undefined;
  return (row) => {
    for (const name of json) {
      const text = row[name];
      if (text === '{}') row[name] = {};
      else if (typeof text === 'string') row[name] = JSON.parse(text);
    }
    for (const name of booleans) {
      const number = row[name];
      if (number !== null) row[name] = number !== 0;
    }
  };
}
