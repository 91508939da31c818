import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sayDefault, writtenDefault } from './describe.ts';
import { loadConfig } from './load.ts';
import { everyOption, isIgnored, olderNames, optionOf } from './names.ts';
import { isComputed, type Kind } from './option.ts';
import { readValue, writeValue } from './read-value.ts';

const data = (name: string) => new URL(`../../test/data/${name}`, import.meta.url);

interface Row {
  group: string;
  name: string;
  type: string;
  default: string | number | boolean | null | string[] | Record<string, string>;
  min?: number;
  max?: number;
  choices?: string[];
  mutable?: boolean;
  secret?: boolean;
  deprecated?: boolean;
  old_names?: string[];
}
const rows: Row[] = JSON.parse(readFileSync(data('ironic-options.json'), 'utf8'));

/** Ironic's type names, and the kinds that stand for them. */
const kindsOf: Record<string, Kind[]> = {
  String: ['text', 'path', 'choice'],
  type: ['text', 'path'],
  Integer: ['integer', 'seconds'],
  Float: ['float'],
  Boolean: ['boolean'],
  List: ['list'],
  Dict: ['dict'],
  Port: ['port'],
  HostAddress: ['host'],
  IPAddress: ['ip'],
  URI: ['url'],
  Octal: ['octal'],
  KernelParameterString: ['kernel parameters'],
  MultiString: ['multi'],
};

const older = ({ group, name, old_names = [] }: Row) =>
  old_names.map((old) => {
    const [section, key] = old.split('.') as [string, string];
    const own = key === 'None' ? name : key;
    return section === '' || section === group ? own : `${section}.${own}`;
  });

test('every option of Ironic is here, with its type, default, limits and older names', () => {
  expect(rows).toHaveLength(827);
  const wrong = rows.flatMap((row) => {
    const option = optionOf(row.group, row.name);
    if (!option) return [`${row.group}.${row.name} is missing`];
    const expected = row.default === null ? null : writeValue(row.default, option.kind);
    const own = isComputed(option.default) ? expected : (writtenDefault(option) ?? null);
    const same =
      kindsOf[row.type]!.includes(option.kind) &&
      own === expected &&
      option.min === row.min &&
      option.max === row.max &&
      String(option.choices) === String(row.choices) &&
      (option.mutable ?? false) === (row.mutable ?? false) &&
      (option.secret ?? false) === (row.secret ?? false) &&
      (option.deprecated ?? false) === (row.deprecated ?? false) &&
      String(option.deprecatedNames ?? []) === String(older(row));
    return same ? [] : [`${row.group}.${row.name} differs: ${JSON.stringify(option)}`];
  });
  expect(wrong).toEqual([]);
});

test('what depends on the machine has a default that says so', () => {
  const computed = [...everyOption()].filter(({ option }) => isComputed(option.default));
  expect(computed.map(({ section, key, option }) => [`${section}.${key}`, sayDefault(option)])).toEqual([
    ['ingot.data_dir', '/var/lib/ingot for root, else ~/.local/share/ingot'],
    ['DEFAULT.my_ip', '(first IPv4 address)'],
    ['DEFAULT.my_ipv6', '(first IPv6 address)'],
    ['DEFAULT.host', '(host name)'],
    ['DEFAULT.tempdir', '(system temporary directory)'],
  ]);
});

test('every default is a value that its own option takes', () => {
  const wrong = [...everyOption()].flatMap(({ section, key, option }) => {
    const written = writtenDefault(option);
    if (written === undefined || written.includes('$') || option.kind === 'multi') return [];
    const reading = readValue(option, written);
    const fits = 'value' in reading && writeValue(reading.value, option.kind) === written;
    return fits ? [] : [`${section}.${key}`];
  });
  expect(wrong).toEqual([]);
});

test('every option says in a sentence what it is for', () => {
  const bare = [...everyOption()].filter(({ option }) => !/^.{6,}[.…]$/.test(option.help));
  expect(bare.map(({ section, key }) => `${section}.${key}`)).toEqual([]);
});

test('no name is an option, passed over and an older name at once', () => {
  const twice = [...everyOption()].filter(({ section, key }) => isIgnored(section, key));
  expect(twice).toEqual([]);
  for (const name of olderNames().keys()) expect(optionOf(...(name.split('.') as [string, string]))).toBeUndefined();
});

test('the ironic.conf of the recordings loads without a warning', () => {
  const file = data('ironic.conf').pathname;
  const { config, warnings, sources } = loadConfig({ files: [file] });
  expect(warnings).toEqual([]);
  expect(sources.size).toBe(21);
  expect(config.DEFAULT.host).toBe('yardstick');
  expect(config.DEFAULT.enabled_hardware_types).toEqual(['fake-hardware', 'ipmi', 'redfish', 'manual-management']);
  expect([config.api.host_ip, config.api.port]).toEqual(['127.0.0.1', 6385]);
  expect([config.conductor.automated_clean, config.dhcp.dhcp_provider]).toEqual([false, 'none']);
});
