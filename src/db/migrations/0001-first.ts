// The first schema. Written once in the words both databases share; `migrate.ts` turns the types into each one's own.
// ID: a growing number. TIME: milliseconds since the epoch. BOOL: 0 or 1. JSON: text.
export const first = `
CREATE TABLE chassis (
  id ID, uuid TEXT NOT NULL UNIQUE, description TEXT, extra JSON NOT NULL DEFAULT '{}',
  created_at TIME NOT NULL, updated_at TIME
);

CREATE TABLE nodes (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT UNIQUE,
  chassis_uuid TEXT REFERENCES chassis (uuid),
  instance_uuid TEXT UNIQUE,
  instance_name TEXT,
  driver TEXT NOT NULL,
  driver_info JSON NOT NULL DEFAULT '{}',
  driver_internal_info JSON NOT NULL DEFAULT '{}',
  instance_info JSON NOT NULL DEFAULT '{}',
  properties JSON NOT NULL DEFAULT '{}',
  extra JSON NOT NULL DEFAULT '{}',
  network_data JSON NOT NULL DEFAULT '{}',
  clean_step JSON NOT NULL DEFAULT '{}',
  deploy_step JSON NOT NULL DEFAULT '{}',
  service_step JSON NOT NULL DEFAULT '{}',
  raid_config JSON NOT NULL DEFAULT '{}',
  target_raid_config JSON NOT NULL DEFAULT '{}',
  provision_state TEXT NOT NULL DEFAULT 'enroll',
  target_provision_state TEXT,
  provision_updated_at TIME,
  power_state TEXT,
  target_power_state TEXT,
  last_error TEXT,
  maintenance BOOL NOT NULL DEFAULT 0,
  maintenance_reason TEXT,
  fault TEXT,
  console_enabled BOOL NOT NULL DEFAULT 0,
  automated_clean BOOL,
  protected BOOL NOT NULL DEFAULT 0,
  protected_reason TEXT,
  retired BOOL DEFAULT 0,
  retired_reason TEXT,
  owner TEXT,
  lessee TEXT,
  shard TEXT,
  description TEXT,
  conductor_group TEXT NOT NULL DEFAULT '',
  conductor_affinity TEXT,
  parent_node TEXT,
  secure_boot BOOL,
  boot_mode TEXT,
  disable_power_off BOOL DEFAULT 0,
  health TEXT,
  resource_class TEXT,
  allocation_uuid TEXT,
  bios_interface TEXT,
  boot_interface TEXT,
  console_interface TEXT,
  deploy_interface TEXT,
  firmware_interface TEXT,
  inspect_interface TEXT,
  management_interface TEXT,
  network_interface TEXT,
  power_interface TEXT,
  raid_interface TEXT,
  rescue_interface TEXT,
  storage_interface TEXT,
  vendor_interface TEXT,
  inspection_started_at TIME,
  inspection_finished_at TIME,
  created_at TIME NOT NULL,
  updated_at TIME,
  reservation TEXT,
  reservation_epoch INT NOT NULL DEFAULT 0,
  reserved_at TIME,
  lease_until TIME,
  revision INT NOT NULL DEFAULT 0,
  waits_for TEXT,
  deadline_at TIME,
  power_sync_failures INT NOT NULL DEFAULT 0,
  power_checked_at TIME
);
CREATE INDEX nodes_by_provision_state ON nodes (provision_state);
CREATE INDEX nodes_by_deadline ON nodes (deadline_at) WHERE deadline_at IS NOT NULL;
CREATE INDEX nodes_by_lease ON nodes (lease_until) WHERE reservation IS NOT NULL;
CREATE INDEX nodes_by_power_check ON nodes (power_checked_at);
CREATE INDEX nodes_by_resource_class ON nodes (resource_class);
CREATE INDEX nodes_by_parent ON nodes (parent_node) WHERE parent_node IS NOT NULL;
CREATE INDEX nodes_by_chassis ON nodes (chassis_uuid) WHERE chassis_uuid IS NOT NULL;
CREATE INDEX nodes_by_shard ON nodes (shard);
CREATE INDEX nodes_by_owner ON nodes (owner);

CREATE TABLE portgroups (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  address TEXT UNIQUE,
  name TEXT UNIQUE,
  mode TEXT,
  properties JSON NOT NULL DEFAULT '{}',
  extra JSON NOT NULL DEFAULT '{}',
  internal_info JSON NOT NULL DEFAULT '{}',
  standalone_ports_supported BOOL NOT NULL DEFAULT 1,
  physical_network TEXT,
  category TEXT,
  dynamic_portgroup BOOL NOT NULL DEFAULT 0,
  created_at TIME NOT NULL,
  updated_at TIME
);
CREATE INDEX portgroups_by_node ON portgroups (node_uuid);

CREATE TABLE ports (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  portgroup_uuid TEXT REFERENCES portgroups (uuid) ON DELETE SET NULL,
  address TEXT NOT NULL UNIQUE,
  name TEXT UNIQUE,
  description TEXT,
  extra JSON NOT NULL DEFAULT '{}',
  internal_info JSON NOT NULL DEFAULT '{}',
  local_link_connection JSON NOT NULL DEFAULT '{}',
  pxe_enabled BOOL NOT NULL DEFAULT 1,
  physical_network TEXT,
  is_smartnic BOOL DEFAULT 0,
  vendor TEXT,
  category TEXT,
  available_for_dynamic_portgroup BOOL NOT NULL DEFAULT 1,
  created_at TIME NOT NULL,
  updated_at TIME
);
CREATE INDEX ports_by_node ON ports (node_uuid);
CREATE INDEX ports_by_portgroup ON ports (portgroup_uuid) WHERE portgroup_uuid IS NOT NULL;

CREATE TABLE conductors (
  id ID,
  hostname TEXT NOT NULL UNIQUE,
  conductor_group TEXT NOT NULL,
  drivers JSON NOT NULL,
  online BOOL NOT NULL,
  rpc_url TEXT,
  started_at TIME NOT NULL,
  created_at TIME NOT NULL,
  updated_at TIME NOT NULL
);

CREATE TABLE conductor_hardware_interfaces (
  hostname TEXT NOT NULL REFERENCES conductors (hostname) ON DELETE CASCADE,
  hardware_type TEXT NOT NULL,
  interface_type TEXT NOT NULL,
  interface_name TEXT NOT NULL,
  "default" BOOL NOT NULL,
  PRIMARY KEY (hostname, hardware_type, interface_type, interface_name)
);

CREATE TABLE allocations (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT UNIQUE,
  node_uuid TEXT REFERENCES nodes (uuid) ON DELETE CASCADE,
  state TEXT NOT NULL,
  resource_class TEXT,
  traits JSON NOT NULL DEFAULT '[]',
  candidate_nodes JSON NOT NULL DEFAULT '[]',
  owner TEXT,
  extra JSON NOT NULL DEFAULT '{}',
  last_error TEXT,
  conductor_affinity TEXT,
  created_at TIME NOT NULL,
  updated_at TIME
);
CREATE INDEX allocations_by_node ON allocations (node_uuid) WHERE node_uuid IS NOT NULL;
CREATE INDEX allocations_by_state ON allocations (state);

CREATE TABLE deploy_templates (
  id ID, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, steps JSON NOT NULL, extra JSON NOT NULL DEFAULT '{}',
  created_at TIME NOT NULL, updated_at TIME
);

CREATE TABLE runbooks (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  description TEXT,
  steps JSON NOT NULL,
  traits JSON NOT NULL DEFAULT '[]',
  disable_ramdisk BOOL NOT NULL DEFAULT 0,
  public BOOL NOT NULL DEFAULT 0,
  owner TEXT,
  extra JSON NOT NULL DEFAULT '{}',
  created_at TIME NOT NULL,
  updated_at TIME
);

CREATE TABLE inspection_rules (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  description TEXT,
  priority INT NOT NULL DEFAULT 0,
  phase TEXT NOT NULL DEFAULT 'main',
  scope TEXT,
  sensitive BOOL NOT NULL DEFAULT 0,
  conditions JSON NOT NULL DEFAULT '[]',
  actions JSON NOT NULL,
  created_at TIME NOT NULL,
  updated_at TIME
);

CREATE TABLE node_traits (
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  trait TEXT NOT NULL,
  PRIMARY KEY (node_uuid, trait)
);

CREATE TABLE node_history (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  conductor TEXT,
  "user" TEXT,
  project TEXT,
  severity TEXT NOT NULL,
  event_type TEXT,
  event TEXT,
  state TEXT,
  target_provision_state TEXT,
  duration_seconds INT,
  created_at TIME NOT NULL,
  updated_at TIME
);
CREATE INDEX node_history_by_node ON node_history (node_uuid, id);

CREATE TABLE node_inventory (
  node_uuid TEXT NOT NULL PRIMARY KEY REFERENCES nodes (uuid) ON DELETE CASCADE,
  inventory_data JSON NOT NULL,
  plugin_data JSON NOT NULL,
  created_at TIME NOT NULL
);

CREATE TABLE bios_settings (
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT,
  attribute_type TEXT,
  allowable_values JSON,
  lower_bound INT,
  upper_bound INT,
  min_length INT,
  max_length INT,
  read_only BOOL,
  reset_required BOOL,
  "unique" BOOL,
  created_at TIME NOT NULL,
  updated_at TIME,
  PRIMARY KEY (node_uuid, name)
);

CREATE TABLE firmware_components (
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  component TEXT NOT NULL,
  initial_version TEXT NOT NULL,
  current_version TEXT,
  last_version_flashed TEXT,
  vendor TEXT,
  model TEXT,
  serial_number TEXT,
  created_at TIME NOT NULL,
  updated_at TIME,
  PRIMARY KEY (node_uuid, component)
);

CREATE TABLE volume_connectors (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  type TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  extra JSON NOT NULL DEFAULT '{}',
  created_at TIME NOT NULL,
  updated_at TIME,
  UNIQUE (type, connector_id)
);
CREATE INDEX volume_connectors_by_node ON volume_connectors (node_uuid);

CREATE TABLE volume_targets (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  volume_type TEXT NOT NULL,
  volume_id TEXT NOT NULL,
  boot_index INT NOT NULL,
  properties JSON NOT NULL DEFAULT '{}',
  extra JSON NOT NULL DEFAULT '{}',
  created_at TIME NOT NULL,
  updated_at TIME,
  UNIQUE (node_uuid, boot_index)
);

CREATE TABLE happenings (
  id ID, node_uuid TEXT, kind TEXT NOT NULL, at TIME NOT NULL, body JSON NOT NULL
);
CREATE INDEX happenings_by_node ON happenings (node_uuid, id);

CREATE TABLE outlet_cursors (
  outlet TEXT NOT NULL PRIMARY KEY, happening_id INT NOT NULL, updated_at TIME NOT NULL
);

CREATE TABLE nova_callbacks (
  instance_uuid TEXT NOT NULL PRIMARY KEY,
  node_uuid TEXT NOT NULL,
  state TEXT NOT NULL,
  happening_id INT NOT NULL,
  since TIME NOT NULL,
  attempts INT NOT NULL DEFAULT 0,
  next_at TIME NOT NULL,
  last_error TEXT,
  settled_at TIME,
  settled_as TEXT
);
CREATE INDEX nova_callbacks_by_next ON nova_callbacks (next_at) WHERE settled_at IS NULL;

CREATE TABLE boot_events (
  id ID, node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE, at TIME NOT NULL, kind TEXT NOT NULL,
  detail JSON NOT NULL
);
CREATE INDEX boot_events_by_node ON boot_events (node_uuid, id);

CREATE TABLE dhcp_leases (
  pool TEXT NOT NULL,
  address TEXT NOT NULL,
  mac TEXT NOT NULL,
  client_id TEXT,
  hostname TEXT,
  node_uuid TEXT,
  state TEXT NOT NULL,
  expires_at TIME NOT NULL,
  updated_at TIME NOT NULL,
  PRIMARY KEY (pool, address)
);
CREATE INDEX dhcp_leases_by_mac ON dhcp_leases (mac);
CREATE INDEX dhcp_leases_by_expiry ON dhcp_leases (expires_at);
`;
