// What must hold between options. Errors stop the start as they stop Ironic's; warnings tell of what cannot work as set.
import { isIPv4 } from 'node:net';
import { databaseOf } from './database-url.ts';
import type { Config } from './schema.ts';

export interface Rule {
  /** The option to look at, as `section.option`. */
  readonly option: string;
  readonly severity: 'error' | 'warning';
  /** Why it does not hold; undefined where it does. */
  readonly broken: (config: Config) => string | undefined;
}

const kinds = [
  'bios',
  'boot',
  'console',
  'deploy',
  'firmware',
  'inspect',
  'management',
  'network',
  'power',
  'raid',
  'rescue',
  'storage',
  'vendor',
] as const;

const defaultIsEnabled = (kind: (typeof kinds)[number]): Rule => ({
  option: `DEFAULT.default_${kind}_interface`,
  severity: 'warning',
  broken({ DEFAULT }) {
    const chosen = DEFAULT[`default_${kind}_interface`];
    const enabled = DEFAULT[`enabled_${kind}_interfaces`];
    return chosen === null || enabled === null || enabled.includes(chosen)
      ? undefined
      : `"${chosen}" is not among enabled_${kind}_interfaces (${enabled.join(', ')})`;
  },
});

const ordinal = (ipv4: string): number => ipv4.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

type TlsServer = { cert_file: string | null; key_file: string | null };

const needsCertificate = (option: string, of: (config: Config) => { on: boolean; files: TlsServer }): Rule => ({
  option,
  severity: 'error',
  broken(config) {
    const { on, files } = of(config);
    const missing = (['cert_file', 'key_file'] as const).filter((name) => !files[name]);
    return on && missing.length > 0 ? `TLS needs ${missing.join(' and ')} too` : undefined;
  },
});

export const rules: readonly Rule[] = [
  {
    option: 'conductor.conductor_cleanup_timeout',
    severity: 'error',
    broken: ({ conductor: { conductor_cleanup_timeout: cleanup, heartbeat_timeout: beat } }) =>
      cleanup < 3 * beat ? `${cleanup} s is less than three times heartbeat_timeout (${beat} s)` : undefined,
  },
  {
    option: 'conductor.workers_pool_size',
    severity: 'error',
    broken({ conductor }) {
      const { workers_pool_size: size, reserved_workers_pool_percentage: percent } = conductor;
      const main = size - Math.floor((size * percent) / 100);
      const periodic = conductor.sync_power_state_workers + 2 * conductor.periodic_max_workers + 2;
      return periodic < main
        ? undefined
        : `leaves ${main} workers, and periodic work alone may take ${periodic} ` +
            '(sync_power_state_workers + 2 x periodic_max_workers + 2)';
    },
  },
  {
    option: 'conductor.heartbeat_interval',
    severity: 'warning',
    broken: ({ conductor: { heartbeat_interval: every, heartbeat_timeout: after } }) =>
      every < after ? undefined : `a beat every ${every} s is too late for heartbeat_timeout (${after} s)`,
  },
  {
    option: 'database.connection',
    severity: 'error',
    broken: (config) => {
      const database = databaseOf(config);
      return 'problem' in database ? database.problem : undefined;
    },
  },
  needsCertificate('api.enable_ssl_api', ({ api }) => ({ on: api.enable_ssl_api, files: api })),
  needsCertificate('vnc.enable_ssl', ({ vnc }) => ({ on: vnc.enable_ssl, files: vnc })),
  needsCertificate('json_rpc.use_ssl', ({ json_rpc }) => ({ on: json_rpc.use_ssl, files: json_rpc })),
  {
    option: 'auto_discovery.driver',
    severity: 'warning',
    broken: ({ auto_discovery: { enabled, driver }, DEFAULT }) =>
      !enabled
        ? undefined
        : driver === null
          ? 'machines found by inspection cannot be enrolled without a driver'
          : DEFAULT.enabled_hardware_types.includes(driver)
            ? undefined
            : `"${driver}" is not among enabled_hardware_types`,
  },
  {
    option: 'deploy.image_server_auth_strategy',
    severity: 'warning',
    broken: ({ deploy }) =>
      deploy.image_server_auth_strategy === 'http_basic' && !(deploy.image_server_user && deploy.image_server_password)
        ? 'http_basic needs image_server_user and image_server_password'
        : undefined,
  },
  {
    option: 'ingot.dhcp_range',
    severity: 'error',
    broken({ ingot: { dhcp_range: range } }) {
      if (range === null) return undefined;
      const ends = range.split('-').map((end) => end.trim());
      if (ends.length !== 2 || !ends.every(isIPv4)) return `"${range}" is not FIRST-LAST, two IPv4 addresses`;
      return ordinal(ends[0]!) <= ordinal(ends[1]!) ? undefined : `"${range}" ends before it begins`;
    },
  },
  {
    option: 'ingot.dhcp_range',
    severity: 'warning',
    broken: ({ ingot }) =>
      ingot.dhcp_range !== null && (ingot.boot_interface === null || ingot.boot_mode !== 'dhcp')
        ? 'addresses are only given out with boot_interface set and boot_mode dhcp'
        : undefined,
  },
  ...kinds.map(defaultIsEnabled),
];
