import type { CorsSettings } from './cors.ts';
import type { HealthSettings } from './health.ts';

export type BodySize = 'usual' | 'provision' | 'inspection';

/** What the API is told of the configuration; main.ts fills it from the sections of the same names. */
export interface ApiSettings {
  /** The address that links carry; without it the one that the client asked. */
  readonly publicUrl?: string;
  readonly maxLimit: number;
  /** The largest bodies in KiB: [api]max_json_body_size, and those for config drives and for inspection data. */
  readonly bodyKiB: Readonly<Record<BodySize, number>>;
  readonly maxJsonDepth: number;
  /** Whether lookups find only nodes that wait for their ramdisk ([api]restrict_lookup). */
  readonly restrictLookup: boolean;
  readonly fastTrack: boolean;
  readonly ramdiskEndpoints: boolean;
  /** Serve what a booted ramdisk needs and nothing else: for the network on which machines boot. */
  readonly ramdiskOnly: boolean;
  /** Unknown machines may report here ([auto_discovery]). */
  readonly discovers: boolean;
  /** What inspections find is kept ([inventory]data_backend); else there is none to show. */
  readonly keepsInventory: boolean;
  readonly defaultConductorGroup: string;
  readonly defaultResourceClass: string | null;
  readonly defaultPortgroupMode: string;
  readonly allowDeletingAvailableNodes: boolean;
  /** Admins of a project may create and delete nodes that it owns ([api]project_admin_can_manage_own_nodes). */
  readonly projectAdminsOwnNodes: boolean;
  /** [cors]; without it browsers let pages of other origins see nothing. */
  readonly cors?: CorsSettings;
  /** [healthcheck]; null: there is none. */
  readonly health: HealthSettings | null;
  /** Whether a proxy in front is believed what the client asked ([oslo_middleware]enable_proxy_headers_parsing). */
  readonly believesProxies: boolean;
  /** Seconds after which a silent conductor counts as dead. */
  readonly conductorTimeout: number;
  /** What the ramdisk is told in the answer to its lookup ([agent], [metrics], [conductor], [deploy]). */
  readonly agentConfig: Readonly<Record<string, unknown>>;
}

export const defaultSettings: ApiSettings = {
  maxLimit: 1000,
  bodyKiB: { usual: 1024, provision: 65536, inspection: 16384 },
  maxJsonDepth: 25,
  restrictLookup: true,
  fastTrack: false,
  ramdiskEndpoints: true,
  ramdiskOnly: false,
  discovers: true,
  keepsInventory: true,
  defaultConductorGroup: '',
  defaultResourceClass: null,
  defaultPortgroupMode: 'active-backup',
  allowDeletingAvailableNodes: true,
  projectAdminsOwnNodes: true,
  health: { path: '/healthcheck', detailed: false, files: [] },
  believesProxies: false,
  conductorTimeout: 60,
  agentConfig: {
    metrics: {
      backend: 'noop',
      prepend_host: false,
      prepend_uuid: false,
      prepend_host_reverse: true,
      global_prefix: null,
    },
    metrics_statsd: { statsd_host: 'localhost', statsd_port: 8125 },
    heartbeat_timeout: 300,
    agent_containers: {
      allow_arbitrary_containers: false,
      allowed_containers: [],
      container_steps_file: '/etc/ironic-python-agent.d/mysteps.yaml',
      runner: 'podman',
      pull_options: [],
      run_options: ['--rm', '--network=host'],
    },
    agent_token_required: true,
    agent_md5_checksum_enable: true,
    disable_deep_image_inspection: false,
    permitted_image_formats: ['raw', 'gpt', 'qcow2', 'iso'],
    agent_skip_bmc_detect: false,
    enable_bios_bootloader_install: false,
    tls_min_version: '1.3',
    tls_cipher_suites: null,
  },
};
