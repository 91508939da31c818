// nova.conf: one for what controls, one for each nova-compute.
import { asUser, database, type Ground, usual } from './ground.ts';
import type { Ini } from './ini.ts';

export interface NovaPlaces {
  /** URLs of its databases. */
  readonly api: string;
  readonly cell: string;
  /** Where nova-api listens. */
  readonly port: number;
}

export function novaConfig(ground: Ground, places: NovaPlaces, host: string, driver: string, state: string): Ini {
  const { keystone, bus } = ground;
  return {
    DEFAULT: {
      my_ip: '127.0.0.1',
      host,
      transport_url: bus,
      enabled_apis: 'osapi_compute',
      osapi_compute_listen: '127.0.0.1',
      osapi_compute_listen_port: places.port,
      osapi_compute_workers: 1,
      compute_driver: driver,
      state_path: state,
      instances_path: `${state}/instances`,
      // Nova's own comparison is off, so that what nova knows of power it knows from Ingot.
      sync_power_state_interval: -1,
      heal_instance_info_cache_interval: 0,
      update_resources_interval: 3,
      reserved_host_memory_mb: 0,
      graceful_shutdown_timeout: 1,
    },
    api: { auth_strategy: 'keystone' },
    api_database: database(places.api),
    database: database(places.cell),
    conductor: { workers: 1 },
    scheduler: { workers: 1, discover_hosts_in_cells_interval: 2 },
    wsgi: { api_paste_config: '/usr/share/nova-common/api-paste.ini' },
    vnc: { enabled: false },
    spice: { enabled: false },
    cache: { enabled: false },
    placement: asUser(keystone, 'nova'),
    neutron: asUser(keystone, 'nova'),
    service_user: { ...asUser(keystone, 'nova'), send_service_user_token: true },
    ironic: { ...asUser(keystone, 'nova'), api_retry_interval: 1 },
    ...usual(ground),
  };
}
