import { expect, test } from 'vitest';
import { checkConfig } from './check.ts';
import { databaseOf } from './database-url.ts';
import { optionOf } from './names.ts';
import { rules } from './rules.ts';
import type { Config } from './schema.ts';

for (const [what, sets, reason] of [
  [
    'stale conductors are kept for three heartbeats',
    ['conductor.conductor_cleanup_timeout=179'],
    '179 s is less than three times',
  ],
  [
    'periodic work leaves workers',
    ['conductor.workers_pool_size=27'],
    'leaves 26 workers, and periodic work alone may take 26',
  ],
  ['the API has its certificate', ['api.enable_ssl_api=true', 'api.cert_file=/c'], 'TLS needs key_file too'],
  ['JSON-RPC has its certificate', ['json_rpc.use_ssl=true'], 'TLS needs cert_file and key_file too'],
  ['a DHCP range is two addresses', ['ingot.dhcp_range=192.0.2.1'], 'is not FIRST-LAST'],
  [
    'a DHCP range goes upward',
    ['ingot.dhcp_range=192.0.2.9-192.0.2.10', 'ingot.dhcp_range=10.1.0.0-10.0.0.9'],
    'ends before',
  ],
  ['the database is one that Ingot speaks', ['database.connection=oracle://x'], 'Ingot keeps its rows in'],
] as const) {
  test(`the start stops unless ${what}`, () =>
    expect(checkConfig({ sets }).problems).toEqual([
      expect.objectContaining({ reason: expect.stringContaining(reason) }),
    ]));
}

for (const [what, sets, warning] of [
  ['a heartbeat that comes too late', ['conductor.heartbeat_interval=60'], 'too late'],
  ['discovery without a driver', ['auto_discovery.enabled=true'], 'without a driver'],
  [
    'discovery with a driver that is off',
    ['auto_discovery.enabled=true', 'auto_discovery.driver=snmp'],
    'is not among',
  ],
  ['basic authentication without a user', ['deploy.image_server_auth_strategy=http_basic'], 'needs image_server_user'],
  ['a range that nobody gives out', ['ingot.dhcp_range=192.0.2.1-192.0.2.9'], 'only given out'],
] as const) {
  test(`${what} is warned of`, () =>
    expect(checkConfig({ sets }).warnings).toEqual([expect.stringContaining(warning)]));
}

test('exactly at the limits nothing is said', () => {
  const sets = ['conductor.conductor_cleanup_timeout=180', 'conductor.workers_pool_size=28'];
  expect(checkConfig({ sets })).toMatchObject({ problems: [], warnings: [] });
});

test('every rule names an option', () => {
  for (const { option } of rules) expect(optionOf(...(option.split('.') as [string, string])), option).toBeDefined();
});

const database = (connection: string | null) =>
  databaseOf({ database: { connection }, ingot: { data_dir: '/data' } } as unknown as Config);

for (const [connection, expected] of [
  [null, { dialect: 'sqlite', file: '/data/ingot.db' }],
  ['sqlite:///rel/x.db', { dialect: 'sqlite', file: 'rel/x.db' }],
  ['sqlite:////var/x.db?timeout=3', { dialect: 'sqlite', file: '/var/x.db' }],
  ['sqlite://', { dialect: 'sqlite', file: ':memory:' }],
  ['sqlite:///:memory:', { dialect: 'sqlite', file: ':memory:' }],
  ['postgresql://u:p@h:1/n', { dialect: 'postgresql', url: 'postgresql://u:p@h:1/n' }],
  [
    'postgresql+psycopg2://u:p@h/n?sslmode=require',
    { dialect: 'postgresql', url: 'postgresql://u:p@h/n?sslmode=require' },
  ],
  ['postgres://h/n', { dialect: 'postgresql', url: 'postgresql://h/n' }],
  ['mysql+pymysql://u:p@h/n', { problem: expect.any(String) }],
  ['sqlite://host/x', { problem: expect.any(String) }],
  ['x', { problem: expect.any(String) }],
] as const) {
  test(`the database of ${connection}`, () => expect(database(connection)).toEqual(expected));
}
