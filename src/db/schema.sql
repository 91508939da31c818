-- Printed from SQLite by migrate.test.ts; to print it anew: UPDATE_SCHEMA=1 and run that test.
CREATE TABLE allocations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT UNIQUE,
  node_uuid TEXT REFERENCES nodes (uuid) ON DELETE CASCADE,
  state TEXT NOT NULL,
  resource_class TEXT,
  traits TEXT NOT NULL DEFAULT '[]',
  candidate_nodes TEXT NOT NULL DEFAULT '[]',
  owner TEXT,
  extra TEXT NOT NULL DEFAULT '{}',
  last_error TEXT,
  conductor_affinity TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER
) STRICT;

CREATE INDEX allocations_by_node ON allocations (node_uuid) WHERE node_uuid IS NOT NULL;

CREATE INDEX allocations_by_state ON allocations (state);

CREATE TABLE bios_settings (
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT,
  attribute_type TEXT,
  allowable_values TEXT,
  lower_bound INTEGER,
  upper_bound INTEGER,
  min_length INTEGER,
  max_length INTEGER,
  read_only INTEGER,
  reset_required INTEGER,
  "unique" INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER,
  PRIMARY KEY (node_uuid, name)
) STRICT;

CREATE TABLE boot_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE, at INTEGER NOT NULL, kind TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE INDEX boot_events_by_node ON boot_events (node_uuid, id);

CREATE TABLE chassis (
  id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, description TEXT, extra TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL, updated_at INTEGER
) STRICT;

CREATE TABLE conductor_hardware_interfaces (
  hostname TEXT NOT NULL REFERENCES conductors (hostname) ON DELETE CASCADE,
  hardware_type TEXT NOT NULL,
  interface_type TEXT NOT NULL,
  interface_name TEXT NOT NULL,
  "default" INTEGER NOT NULL,
  PRIMARY KEY (hostname, hardware_type, interface_type, interface_name)
) STRICT;

CREATE TABLE conductors (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hostname TEXT NOT NULL UNIQUE,
  conductor_group TEXT NOT NULL,
  drivers TEXT NOT NULL,
  online INTEGER NOT NULL,
  rpc_url TEXT,
  started_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE deploy_templates (
  id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, steps TEXT NOT NULL, extra TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL, updated_at INTEGER
) STRICT;

CREATE TABLE dhcp_leases (
  pool TEXT NOT NULL,
  address TEXT NOT NULL,
  mac TEXT NOT NULL,
  client_id TEXT,
  hostname TEXT,
  node_uuid TEXT,
  state TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (pool, address)
) STRICT;

CREATE INDEX dhcp_leases_by_expiry ON dhcp_leases (expires_at);

CREATE INDEX dhcp_leases_by_mac ON dhcp_leases (mac);

CREATE TABLE firmware_components (
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  component TEXT NOT NULL,
  initial_version TEXT NOT NULL,
  current_version TEXT,
  last_version_flashed TEXT,
  vendor TEXT,
  model TEXT,
  serial_number TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER,
  PRIMARY KEY (node_uuid, component)
) STRICT;

CREATE TABLE happenings (
  id INTEGER PRIMARY KEY AUTOINCREMENT, node_uuid TEXT, kind TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;

CREATE INDEX happenings_by_node ON happenings (node_uuid, id);

CREATE TABLE inspection_rules (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  description TEXT,
  priority INTEGER NOT NULL DEFAULT 0,
  phase TEXT NOT NULL DEFAULT 'main',
  scope TEXT,
  sensitive INTEGER NOT NULL DEFAULT 0,
  conditions TEXT NOT NULL DEFAULT '[]',
  actions TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER
) STRICT;

CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE node_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
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
  duration_seconds INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER
) STRICT;

CREATE INDEX node_history_by_node ON node_history (node_uuid, id);

CREATE TABLE node_inventory (
  node_uuid TEXT NOT NULL PRIMARY KEY REFERENCES nodes (uuid) ON DELETE CASCADE,
  inventory_data TEXT NOT NULL,
  plugin_data TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE node_traits (
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  trait TEXT NOT NULL,
  PRIMARY KEY (node_uuid, trait)
) STRICT;

CREATE TABLE nodes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT UNIQUE,
  chassis_uuid TEXT REFERENCES chassis (uuid),
  instance_uuid TEXT UNIQUE,
  instance_name TEXT,
  driver TEXT NOT NULL,
  driver_info TEXT NOT NULL DEFAULT '{}',
  driver_internal_info TEXT NOT NULL DEFAULT '{}',
  instance_info TEXT NOT NULL DEFAULT '{}',
  properties TEXT NOT NULL DEFAULT '{}',
  extra TEXT NOT NULL DEFAULT '{}',
  network_data TEXT NOT NULL DEFAULT '{}',
  clean_step TEXT NOT NULL DEFAULT '{}',
  deploy_step TEXT NOT NULL DEFAULT '{}',
  service_step TEXT NOT NULL DEFAULT '{}',
  raid_config TEXT NOT NULL DEFAULT '{}',
  target_raid_config TEXT NOT NULL DEFAULT '{}',
  provision_state TEXT NOT NULL DEFAULT 'enroll',
  target_provision_state TEXT,
  provision_updated_at INTEGER,
  power_state TEXT,
  target_power_state TEXT,
  last_error TEXT,
  maintenance INTEGER NOT NULL DEFAULT 0,
  maintenance_reason TEXT,
  fault TEXT,
  console_enabled INTEGER NOT NULL DEFAULT 0,
  automated_clean INTEGER,
  protected INTEGER NOT NULL DEFAULT 0,
  protected_reason TEXT,
  retired INTEGER DEFAULT 0,
  retired_reason TEXT,
  owner TEXT,
  lessee TEXT,
  shard TEXT,
  description TEXT,
  conductor_group TEXT NOT NULL DEFAULT '',
  conductor_affinity TEXT,
  parent_node TEXT,
  secure_boot INTEGER,
  boot_mode TEXT,
  disable_power_off INTEGER DEFAULT 0,
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
  inspection_started_at INTEGER,
  inspection_finished_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER,
  reservation TEXT,
  reservation_epoch INTEGER NOT NULL DEFAULT 0,
  reserved_at INTEGER,
  lease_until INTEGER,
  revision INTEGER NOT NULL DEFAULT 0,
  waits_for TEXT,
  deadline_at INTEGER) STRICT;

CREATE INDEX nodes_by_chassis ON nodes (chassis_uuid) WHERE chassis_uuid IS NOT NULL;

CREATE INDEX nodes_by_deadline ON nodes (deadline_at) WHERE deadline_at IS NOT NULL;

CREATE INDEX nodes_by_lease ON nodes (lease_until) WHERE reservation IS NOT NULL;

CREATE INDEX nodes_by_owner ON nodes (owner);

CREATE INDEX nodes_by_parent ON nodes (parent_node) WHERE parent_node IS NOT NULL;

CREATE INDEX nodes_by_provision_state ON nodes (provision_state);

CREATE INDEX nodes_by_resource_class ON nodes (resource_class);

CREATE INDEX nodes_by_shard ON nodes (shard);

CREATE TABLE nova_callbacks (
  instance_uuid TEXT NOT NULL PRIMARY KEY,
  node_uuid TEXT NOT NULL,
  state TEXT NOT NULL,
  happening_id INTEGER NOT NULL,
  since INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  last_error TEXT,
  settled_at INTEGER,
  settled_as TEXT
) STRICT;

CREATE INDEX nova_callbacks_by_next ON nova_callbacks (next_at) WHERE settled_at IS NULL;

CREATE TABLE outlet_cursors (
  outlet TEXT NOT NULL PRIMARY KEY, happening_id INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE portgroups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  address TEXT UNIQUE,
  name TEXT UNIQUE,
  mode TEXT,
  properties TEXT NOT NULL DEFAULT '{}',
  extra TEXT NOT NULL DEFAULT '{}',
  internal_info TEXT NOT NULL DEFAULT '{}',
  standalone_ports_supported INTEGER NOT NULL DEFAULT 1,
  physical_network TEXT,
  category TEXT,
  dynamic_portgroup INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER
) STRICT;

CREATE INDEX portgroups_by_node ON portgroups (node_uuid);

CREATE TABLE ports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  portgroup_uuid TEXT REFERENCES portgroups (uuid) ON DELETE SET NULL,
  address TEXT NOT NULL UNIQUE,
  name TEXT UNIQUE,
  description TEXT,
  extra TEXT NOT NULL DEFAULT '{}',
  internal_info TEXT NOT NULL DEFAULT '{}',
  local_link_connection TEXT NOT NULL DEFAULT '{}',
  pxe_enabled INTEGER NOT NULL DEFAULT 1,
  physical_network TEXT,
  is_smartnic INTEGER DEFAULT 0,
  vendor TEXT,
  category TEXT,
  available_for_dynamic_portgroup INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  updated_at INTEGER
) STRICT;

CREATE INDEX ports_by_node ON ports (node_uuid);

CREATE INDEX ports_by_portgroup ON ports (portgroup_uuid) WHERE portgroup_uuid IS NOT NULL;

CREATE TABLE runbooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  description TEXT,
  steps TEXT NOT NULL,
  traits TEXT NOT NULL DEFAULT '[]',
  disable_ramdisk INTEGER NOT NULL DEFAULT 0,
  public INTEGER NOT NULL DEFAULT 0,
  owner TEXT,
  extra TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  updated_at INTEGER
) STRICT;

CREATE TABLE volume_connectors (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  type TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  extra TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  updated_at INTEGER,
  UNIQUE (type, connector_id)
) STRICT;

CREATE INDEX volume_connectors_by_node ON volume_connectors (node_uuid);

CREATE TABLE volume_targets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  node_uuid TEXT NOT NULL REFERENCES nodes (uuid) ON DELETE CASCADE,
  volume_type TEXT NOT NULL,
  volume_id TEXT NOT NULL,
  boot_index INTEGER NOT NULL,
  properties TEXT NOT NULL DEFAULT '{}',
  extra TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  updated_at INTEGER,
  UNIQUE (node_uuid, boot_index)
) STRICT;
