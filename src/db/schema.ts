// The rows as the program sees them: JSON parsed, booleans true or false, times in milliseconds since the epoch.
// Columns carry Ironic's names; what is ours stands last in each table.
import type { Generated, Insertable, Kysely } from 'kysely';

export type JsonObject = { [key: string]: unknown };

export interface NodeRow {
  id: number;
  uuid: string;
  name: string | null;
  chassis_uuid: string | null;
  instance_uuid: string | null;
  instance_name: string | null;
  driver: string;
  driver_info: JsonObject;
  driver_internal_info: JsonObject;
  instance_info: JsonObject;
  properties: JsonObject;
  extra: JsonObject;
  network_data: JsonObject;
  clean_step: JsonObject;
  deploy_step: JsonObject;
  service_step: JsonObject;
  raid_config: JsonObject;
  target_raid_config: JsonObject;
  provision_state: string;
  target_provision_state: string | null;
  provision_updated_at: number | null;
  power_state: string | null;
  target_power_state: string | null;
  last_error: string | null;
  maintenance: boolean;
  maintenance_reason: string | null;
  fault: string | null;
  console_enabled: boolean;
  automated_clean: boolean | null;
  protected: boolean;
  protected_reason: string | null;
  retired: boolean | null;
  retired_reason: string | null;
  owner: string | null;
  lessee: string | null;
  shard: string | null;
  description: string | null;
  conductor_group: string;
  conductor_affinity: string | null;
  parent_node: string | null;
  secure_boot: boolean | null;
  boot_mode: string | null;
  disable_power_off: boolean | null;
  health: string | null;
  resource_class: string | null;
  allocation_uuid: string | null;
  bios_interface: string | null;
  boot_interface: string | null;
  console_interface: string | null;
  deploy_interface: string | null;
  firmware_interface: string | null;
  inspect_interface: string | null;
  management_interface: string | null;
  network_interface: string | null;
  power_interface: string | null;
  raid_interface: string | null;
  rescue_interface: string | null;
  storage_interface: string | null;
  vendor_interface: string | null;
  inspection_started_at: number | null;
  inspection_finished_at: number | null;
  created_at: number;
  updated_at: number | null;
  /** The host that works on the node now, and the growing number of that lock. */
  reservation: string | null;
  reservation_epoch: number;
  reserved_at: number | null;
  /** When the lock may be taken over; null for a lock set by hand, which never runs out. */
  lease_until: number | null;
  /** Grows by one with each write. */
  revision: number;
  /** What the row waits for, in words for people. */
  waits_for: string | null;
  /** When somebody must look at the row again. */
  deadline_at: number | null;
}

export interface ChassisRow {
  id: number;
  uuid: string;
  description: string | null;
  extra: JsonObject;
  created_at: number;
  updated_at: number | null;
}

export interface PortgroupRow {
  id: number;
  uuid: string;
  node_uuid: string;
  address: string | null;
  name: string | null;
  mode: string | null;
  properties: JsonObject;
  extra: JsonObject;
  internal_info: JsonObject;
  standalone_ports_supported: boolean;
  physical_network: string | null;
  category: string | null;
  dynamic_portgroup: boolean;
  created_at: number;
  updated_at: number | null;
}

export interface PortRow {
  id: number;
  uuid: string;
  node_uuid: string;
  portgroup_uuid: string | null;
  address: string;
  name: string | null;
  description: string | null;
  extra: JsonObject;
  internal_info: JsonObject;
  local_link_connection: JsonObject;
  pxe_enabled: boolean;
  physical_network: string | null;
  is_smartnic: boolean | null;
  vendor: string | null;
  category: string | null;
  available_for_dynamic_portgroup: boolean;
  created_at: number;
  updated_at: number | null;
}

export interface ConductorRow {
  id: number;
  hostname: string;
  conductor_group: string;
  drivers: string[];
  online: boolean;
  /** Where other hosts reach its RPC door, or null when it has none. */
  rpc_url: string | null;
  started_at: number;
  created_at: number;
  /** When it last said that it lives. */
  updated_at: number;
}

export interface ConductorHardwareInterfaceRow {
  hostname: string;
  hardware_type: string;
  interface_type: string;
  interface_name: string;
  default: boolean;
}

export interface AllocationRow {
  id: number;
  uuid: string;
  name: string | null;
  node_uuid: string | null;
  state: string;
  resource_class: string | null;
  traits: string[];
  candidate_nodes: string[];
  owner: string | null;
  extra: JsonObject;
  last_error: string | null;
  /** The host that works on it. */
  conductor_affinity: string | null;
  created_at: number;
  updated_at: number | null;
}

export interface DeployTemplateRow {
  id: number;
  uuid: string;
  name: string;
  steps: JsonObject[];
  extra: JsonObject;
  created_at: number;
  updated_at: number | null;
}

export interface RunbookRow {
  id: number;
  uuid: string;
  name: string;
  description: string | null;
  steps: JsonObject[];
  traits: string[];
  disable_ramdisk: boolean;
  public: boolean;
  owner: string | null;
  extra: JsonObject;
  created_at: number;
  updated_at: number | null;
}

export interface InspectionRuleRow {
  id: number;
  uuid: string;
  description: string | null;
  priority: number;
  phase: string;
  scope: string | null;
  sensitive: boolean;
  conditions: JsonObject[];
  actions: JsonObject[];
  created_at: number;
  updated_at: number | null;
}

interface NodeTraitRow {
  node_uuid: string;
  trait: string;
}

export interface NodeHistoryRow {
  id: number;
  uuid: string;
  node_uuid: string;
  conductor: string | null;
  user: string | null;
  project: string | null;
  severity: string;
  event_type: string | null;
  event: string | null;
  state: string | null;
  target_provision_state: string | null;
  duration_seconds: number | null;
  created_at: number;
  updated_at: number | null;
}

export interface NodeInventoryRow {
  node_uuid: string;
  inventory_data: JsonObject;
  plugin_data: JsonObject;
  created_at: number;
}

export interface BiosSettingRow {
  node_uuid: string;
  name: string;
  value: string | null;
  attribute_type: string | null;
  allowable_values: unknown[] | null;
  lower_bound: number | null;
  upper_bound: number | null;
  min_length: number | null;
  max_length: number | null;
  read_only: boolean | null;
  reset_required: boolean | null;
  unique: boolean | null;
  created_at: number;
  updated_at: number | null;
}

export interface FirmwareComponentRow {
  node_uuid: string;
  component: string;
  initial_version: string;
  current_version: string | null;
  last_version_flashed: string | null;
  vendor: string | null;
  model: string | null;
  serial_number: string | null;
  created_at: number;
  updated_at: number | null;
}

export interface VolumeConnectorRow {
  id: number;
  uuid: string;
  node_uuid: string;
  type: string;
  connector_id: string;
  extra: JsonObject;
  created_at: number;
  updated_at: number | null;
}

export interface VolumeTargetRow {
  id: number;
  uuid: string;
  node_uuid: string;
  volume_type: string;
  volume_id: string;
  boot_index: number;
  properties: JsonObject;
  extra: JsonObject;
  created_at: number;
  updated_at: number | null;
}

/** One line of the outbox. No foreign key: it outlives its node. */
export interface HappeningRow {
  id: number;
  node_uuid: string | null;
  kind: string;
  at: number;
  body: JsonObject;
}

interface OutletCursorRow {
  outlet: string;
  happening_id: number;
  updated_at: number;
}

/** What nova has still to hear about one instance: the newest power state only. */
export interface NovaCallbackRow {
  instance_uuid: string;
  node_uuid: string;
  state: string;
  happening_id: number;
  since: number;
  attempts: number;
  next_at: number;
  last_error: string | null;
  /** When it ended, and how: `told`, `refused`, or null while it waits. */
  settled_at: number | null;
  settled_as: string | null;
}

/** One moment of a machine's way from power-on to the agent: a DHCP offer, a file read, a heartbeat. */
export interface BootEventRow {
  id: number;
  node_uuid: string;
  at: number;
  kind: string;
  detail: JsonObject;
}

export interface DhcpLeaseRow {
  /** The network the lease belongs to: the interface that was named, and the pool in it. */
  pool: string;
  address: string;
  mac: string;
  client_id: string | null;
  hostname: string | null;
  node_uuid: string | null;
  state: string;
  expires_at: number;
  updated_at: number;
}

interface MetaRow {
  key: string;
  value: string;
}

type Made<Row, Column extends keyof Row> = Omit<Row, Column> & { [K in Column]: Generated<Row[K]> };
type NodeDefaults =
  | 'id'
  | 'driver_info'
  | 'driver_internal_info'
  | 'instance_info'
  | 'properties'
  | 'extra'
  | 'network_data'
  | 'clean_step'
  | 'deploy_step'
  | 'service_step'
  | 'raid_config'
  | 'target_raid_config'
  | 'provision_state'
  | 'maintenance'
  | 'console_enabled'
  | 'protected'
  | 'retired'
  | 'conductor_group'
  | 'disable_power_off'
  | 'reservation_epoch'
  | 'revision';

/** Every table: what Kysely is typed with. */
export interface Schema {
  nodes: Made<NodeRow, NodeDefaults>;
  chassis: Made<ChassisRow, 'id' | 'extra'>;
  portgroups: Made<
    PortgroupRow,
    'id' | 'properties' | 'extra' | 'internal_info' | 'standalone_ports_supported' | 'dynamic_portgroup'
  >;
  ports: Made<
    PortRow,
    | 'id'
    | 'extra'
    | 'internal_info'
    | 'local_link_connection'
    | 'pxe_enabled'
    | 'is_smartnic'
    | 'available_for_dynamic_portgroup'
  >;
  conductors: Made<ConductorRow, 'id'>;
  conductor_hardware_interfaces: ConductorHardwareInterfaceRow;
  allocations: Made<AllocationRow, 'id' | 'traits' | 'candidate_nodes' | 'extra'>;
  deploy_templates: Made<DeployTemplateRow, 'id' | 'extra'>;
  runbooks: Made<RunbookRow, 'id' | 'traits' | 'disable_ramdisk' | 'public' | 'extra'>;
  inspection_rules: Made<InspectionRuleRow, 'id' | 'priority' | 'phase' | 'sensitive' | 'conditions'>;
  node_traits: NodeTraitRow;
  node_history: Made<NodeHistoryRow, 'id'>;
  node_inventory: NodeInventoryRow;
  bios_settings: BiosSettingRow;
  firmware_components: FirmwareComponentRow;
  volume_connectors: Made<VolumeConnectorRow, 'id' | 'extra'>;
  volume_targets: Made<VolumeTargetRow, 'id' | 'properties' | 'extra'>;
  happenings: Made<HappeningRow, 'id'>;
  outlet_cursors: OutletCursorRow;
  nova_callbacks: Made<NovaCallbackRow, 'attempts'>;
  boot_events: Made<BootEventRow, 'id'>;
  dhcp_leases: DhcpLeaseRow;
  meta: MetaRow;
}

/** Whatever queries run on: the snapshot readers or the transaction of a write. */
export type Queries = Kysely<Schema>;
export type New<Table extends keyof Schema> = Insertable<Schema[Table]>;
