import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, expectTypeOf, test } from 'vitest';
import { checkConfig } from './check.ts';
import type { ConfigInput } from './layers.ts';
import { loadConfig } from './load.ts';
import type { Machine } from './machine.ts';
import { ConfigInvalid, sayProblem } from './problems.ts';
import { reloadConfig } from './reload.ts';
import type { Config } from './schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'ingot-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const machine: Machine = {
  hostname: 'here',
  tempdir: '/tmp',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::7',
  dataDir: '/data',
};

let count = 0;
const file = (text: string): string => {
  const name = join(folder, `${++count}.conf`);
  writeFileSync(name, text);
  return name;
};
const load = (text: string, input: ConfigInput = {}) => loadConfig({ files: [file(text)], ...input }, machine);
const problemsOf = (text: string, input: ConfigInput = {}): string[] => {
  const { problems } = checkConfig({ files: [file(text)], ...input }, machine);
  return problems.map((problem) => sayProblem(problem).replaceAll(`${folder}/`, ''));
};

test('values have the types of their options', () => {
  expectTypeOf<Config['conductor']['sync_power_state_interval']>().toEqualTypeOf<number>();
  expectTypeOf<Config['pxe']['boot_retry_timeout']>().toEqualTypeOf<number | null>();
  expectTypeOf<Config['deploy']['default_boot_mode']>().toEqualTypeOf<'bios' | 'uefi'>();
  expectTypeOf<Config['DEFAULT']['host']>().toEqualTypeOf<string>();
  expectTypeOf<Config['nova']['auth_url']>().toEqualTypeOf<string | null>();
  expectTypeOf<Config['DEFAULT']['enabled_power_interfaces']>().toEqualTypeOf<readonly string[] | null>();
});

test('without any source every option has its default, some from the machine', () => {
  const { config, sources, warnings } = loadConfig({}, machine);
  expect(config.conductor.sync_power_state_interval).toBe(120);
  expect(config.DEFAULT.host).toBe('here');
  expect(config.pxe.tftp_server).toBe('192.0.2.1');
  expect(config.ingot.data_dir).toBe('/data');
  expect(config.DEFAULT.grub_config_template).toBe(
    '/usr/lib/python/site-packages/ironic/ironic/common/grub_conf.template',
  );
  expect([sources.size, warnings]).toEqual([0, []]);
});

// Each source says its own name; the strongest that speaks wins.
const sayings = {
  file: { files: [file('[api]\npublic_endpoint = file\n')] },
  second: { files: [file('[api]\npublic_endpoint = file\n'), file('[api]\npublic_endpoint = second\n')] },
  oslo: { env: { OS_API__PUBLIC_ENDPOINT: 'oslo' } },
  env: { env: { OS_API__PUBLIC_ENDPOINT: 'oslo', INGOT_API__PUBLIC_ENDPOINT: 'env' } },
  set: { sets: ['api.public_endpoint=set'] },
} satisfies Record<string, ConfigInput>;
for (const [stronger, weaker] of [
  ['second', 'file'],
  ['oslo', 'second'],
  ['env', 'oslo'],
  ['set', 'env'],
] as const) {
  test(`${stronger} wins over ${weaker}`, () => {
    const { config, sources } = loadConfig({ ...sayings[weaker], ...sayings[stronger] }, machine);
    expect(config.api.public_endpoint).toBe(stronger);
    expect(sources.get('api.public_endpoint')).toBeDefined();
  });
}

test('the *.conf of a folder are read after the files, by name', () => {
  const dir = join(folder, 'conf.d');
  mkdirSync(dir);
  writeFileSync(join(dir, 'b.conf'), '[api]\nport = 2\n');
  writeFileSync(join(dir, 'a.conf'), '[api]\nport = 1\nmax_limit = 5\n');
  writeFileSync(join(dir, 'c.conf.bak'), '[api]\nport = 3\n');
  const { api } = load('[api]\nport = 9\n', { dirs: [dir] }).config;
  expect([api.port, api.max_limit]).toEqual([2, 5]);
});

test('options that may be repeated collect over files; environment and --set take their place', () => {
  const files = [
    file('[ipmi]\nadditional_retryable_ipmi_errors=1\nadditional_retryable_ipmi_errors=2\n'),
    file('[ipmi]\nadditional_retryable_ipmi_errors=3\n'),
  ];
  const errors = (input: ConfigInput) => loadConfig(input, machine).config.ipmi.additional_retryable_ipmi_errors;
  expect(errors({ files })).toEqual(['1', '2', '3']);
  const sets = ['ipmi.additional_retryable_ipmi_errors=a', 'ipmi.additional_retryable_ipmi_errors=b=c'];
  expect(errors({ files, sets })).toEqual(['a', 'b=c']);
});

for (const [what, text, expected] of [
  ['the own section first', 'tftp_root = $images_path/x\nimages_path = /i', '/i/x'],
  ['DEFAULT next', 'tftp_root = $my_ip/x\n[DEFAULT]\nmy_ip = h', 'h/x'],
  ['another section by its name', 'tftp_root = $deploy.http_root/x', '/httpboot/x'],
  ['through several steps', 'tftp_root = {images_path}x\nimages_path = $deploy.http_root/d', '/httpboot/dx'],
  ['nothing where the option is not set', 'tftp_root = {dir_permission}x', 'x'],
  ['numbers as written', 'tftp_root = {image_cache_size}x', '20480x'],
  ['dollar signs that were escaped', 'tftp_root = $$a \\$b $ 5$ $1', '$a $b $ 5$ $1'],
] as const) {
  test(`$names stand for ${what}`, () =>
    expect(load(`[pxe]\n${text.replace('{', '${')}`).config.pxe.tftp_root).toBe(expected));
}

for (const text of ['$nope', '$deploy.nope', '$nope.http_root', '$deploy.http_root.x', '$images_path.']) {
  test(`${text} names nothing, which is a problem`, () =>
    expect(problemsOf(`[pxe]\ntftp_root = ${text}`)).toEqual([expect.stringContaining(`names ${text}`)]));
}

test('a $name in the environment is followed too', () => {
  const env = { INGOT_PXE__TFTP_ROOT: '$images_path/e', OS_PXE__IMAGES_PATH: '/o' };
  expect(loadConfig({ env }, machine).config.pxe.tftp_root).toBe('/o/e');
});

test('names that go in a circle are told with the way they go', () => {
  const said = problemsOf('[pxe]\ntftp_root = $images_path\nimages_path = $tftp_root');
  expect(said).toEqual([
    `[pxe] images_path = "$tftp_root" (${count}.conf:3): goes in a circle: pxe.images_path -> pxe.tftp_root -> pxe.images_path`,
    `[pxe] tftp_root = "$images_path" (${count}.conf:2): goes in a circle: pxe.tftp_root -> pxe.images_path -> pxe.tftp_root`,
  ]);
});

test('all problems are told at once, with option, value, place and reason; secrets are masked', () => {
  const text = '[api]\nport = many\n[conductor]\nheartbeat_timeout = -x\nno sense\n[database]\nmax_pool_size = 0\n';
  expect(
    problemsOf(text, { env: { INGOT_DEPLOY__FAST_TRACK: 'perhaps' }, sets: ['conductor.heartbeat_interval=1h', 'x'] }),
  ).toEqual([
    `${count}.conf:5: neither a section, a comment nor "option = value"`,
    '--set x: is not written section.option=value',
    `[api] port = "many" (${count}.conf:2): is not a whole number`,
    `[conductor] heartbeat_interval = "1h" (--set conductor.heartbeat_interval): is not a whole number`,
    `[conductor] heartbeat_timeout = "-x" (${count}.conf:4): is not a whole number`,
    `[database] max_pool_size = "0" (${count}.conf:7): must be 1 or more`,
    '[deploy] fast_track = "perhaps" (environment INGOT_DEPLOY__FAST_TRACK): is not one of true, false, yes, no, on, off, 1, 0',
  ]);
  const [masked] = problemsOf('[nova]\npassword = geheim$nope');
  expect(masked).toContain('[nova] password = "***"');
  expect(masked).not.toContain('geheim');
});

test('a wrong database is a problem that does not show its password', () => {
  const [said] = problemsOf('[database]\nconnection = mysql+pymysql://ironic:geheim@db/ironic');
  expect(said).toContain('[database] connection');
  expect(said).not.toContain('geheim');
});

test('rules are asked too, except in sections where a value is wrong', () => {
  const said = problemsOf('[api]\nport = x\nenable_ssl_api = true\n[vnc]\nenable_ssl = true\n');
  expect(said).toEqual([
    expect.stringContaining('[api] port'),
    `[vnc] enable_ssl (${count}.conf:5): TLS needs cert_file and key_file too`,
  ]);
});

test('a file that is not there is a problem', () => {
  const missing = join(folder, 'none.conf');
  expect(checkConfig({ files: [missing] }, machine).problems).toEqual([
    { source: missing, reason: expect.stringContaining('ENOENT') },
  ]);
});

for (const [what, text, warning] of [
  ['an unknown option names the nearest', '[conductor]\nheartbeet_interval = 1', 'did you mean heartbeat_interval?'],
  [
    'an option of another section',
    '[api]\nsync_power_state_interval = 1',
    'there is [conductor] sync_power_state_interval.',
  ],
  ['a section written wrong', '[conducter]\nheartbeat_interval = 1\nx = 2', 'did you mean [conductor]?'],
  ['an old name', '[pxe]\npxe_append_params = x', 'is an old name; write [pxe] kernel_append_params.'],
  ['an old name of another section', '[conductor]\nsend_sensor_data = true', 'write [sensor_data] send_sensor_data.'],
  ['an option that goes away', '[conductor]\nautomatic_lessee = false', 'will go away in Ironic.'],
  [
    'a default interface that is not enabled',
    '[DEFAULT]\ndefault_boot_interface = fake',
    'is not among enabled_boot_interfaces',
  ],
] as const) {
  test(`${what} is warned of, once`, () => {
    const { warnings } = load(text);
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  });
}

test('old names are read; where the new one is there, it counts', () => {
  expect(load('[pxe]\npxe_append_params = old').config.pxe.kernel_append_params).toBe('old');
  expect(load('[neutron]\ncleaning_network_uuid = old\ncleaning_network = new').config.neutron.cleaning_network).toBe(
    'new',
  );
  expect(load('[nova]\ntenant-name = t').config.nova.project_name).toBe('t');
});

test('an old name in a later file wins over the new one of an earlier, as in oslo.config', () => {
  const files = [file('[pxe]\nkernel_append_params = new\n'), file('[pxe]\npxe_append_params = old\n')];
  expect(loadConfig({ files }, machine).config.pxe.kernel_append_params).toBe('old');
});

test('options of libraries without meaning here are passed over, and so are OS_ names of others', () => {
  const env = { OS_AUTH_URL: 'x', OS_SOMETHING__ELSE: 'y', INGOT_HOME: 'z' };
  const { warnings } = load('[oslo_messaging_rabbit]\nrabbit_retry_interval = 1\n[DEFAULT]\nuse_syslog = true', {
    env,
  });
  expect(warnings).toEqual([]);
});

test('an unknown name of our own in the environment is warned of', () =>
  expect(load('', { env: { INGOT_API__PROT: '1' } }).warnings).toEqual([
    '[api] prot (environment INGOT_API__PROT) is no known option; did you mean port?',
  ]));

test('no option can reach what every object has', () => {
  const { config, warnings } = load('[__proto__]\nx = 1\n[constructor]\ny = 1\n[api]\n__proto__ = 1', {
    sets: ['pxe.loader_file_paths=__proto__:x'],
  });
  expect(warnings).toHaveLength(3);
  expect(Object.keys(config.pxe.loader_file_paths)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test('check lists what was set, secrets masked', () => {
  const { set } = checkConfig({ sets: ['nova.password=geheim', 'api.port=1', 'ingot.roles=api,ui'] }, machine);
  expect(set).toEqual([
    { option: 'api.port', value: '1', source: '--set api.port' },
    { option: 'ingot.roles', value: 'api,ui', source: '--set ingot.roles' },
    { option: 'nova.password', value: '***', source: '--set nova.password' },
  ]);
});

test('reload changes mutable options in place and names the others', () => {
  const name = file('[nova]\nsend_power_notifications = true\n[api]\nport = 1\n');
  const running = loadConfig({ files: [name] }, machine);
  const { nova, api } = running.config;
  writeFileSync(name, '[nova]\nsend_power_notifications = false\n[api]\nport = 2\n');
  expect(reloadConfig(running, { files: [name] }, machine)).toEqual({
    changed: ['nova.send_power_notifications'],
    waiting: ['api.port'],
    warnings: [],
  });
  expect([nova.send_power_notifications, api.port]).toEqual([false, 1]);
});

test('a reload that finds problems changes nothing', () => {
  const name = file('');
  const running = loadConfig({ files: [name] }, machine);
  writeFileSync(name, '[nova]\nsend_power_notifications = false\n[api]\nport = x\n');
  expect(() => reloadConfig(running, { files: [name] }, machine)).toThrow(ConfigInvalid);
  expect(running.config.nova.send_power_notifications).toBe(true);
});
