import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillAll, fillText, hideSecrets, type Scope } from './placeholders.ts';

const scope: Scope = {
  node: { name: 'n1', driver: 'ipmi', description: null, properties: { cpus: 8 } },
  inventory: { cpu: { count: 8, flags: ['vmx', "it's"] }, bmc_address: '192.0.2.1', ok: true, load: 0.5 },
  plugin_data: { '': 'empty', password: 'x' },
  item: { path: '/extra/a', value: 7 },
  hides: false,
};
const budget = () => ({ steps: 100_000 });
const fill = (text: string) => fillText(text, scope, budget()).value;

test.each([
  ['plain', 'plain'],
  ['{node.driver}', 'ipmi'],
  ['a {node.name} b {inventory[cpu][count]}', 'a n1 b 8'],
  ['{node.properties[cpus]}', '8'],
  ['{inventory[cpu][flags][0]}', 'vmx'],
  ['{inventory[ok]}', 'True'],
  ['{node.description}', 'None'],
  ['{inventory[cpu]}', `{'count': 8, 'flags': ['vmx', "it's"]}`],
  ['{item[path]}', '/extra/a'],
  ['{{literal}}', '{literal}'],
  ['{node.name!r}', "'n1'"],
  ['{inventory[cpu][count]:>4}', '   8'],
  ['{inventory[cpu][count]:04d}', '0008'],
  ['{inventory[cpu][count]:#x}', '0x8'],
  ['{inventory[load]:.2f}', '0.50'],
  ['{inventory[load]:.0%}', '50%'],
  ['{node.name:_^6}', '__n1__'],
  ['{node.name:.1}', 'n'],
  // what stays as it is
  ['{inventory.bmc_address}', '{inventory.bmc_address}'],
  ['{node[driver]}', '{node[driver]}'],
  ['{node.properties.cpus}', '{node.properties.cpus}'],
  ['{nothing}', '{nothing}'],
  ['{inventory[cpu][nothing]} {node.name}', '{inventory[cpu][nothing]} {node.name}'],
  ['{inventory[cpu][flags][9]}', '{inventory[cpu][flags][9]}'],
  ['{', '{'],
  ['a } b', 'a } b'],
  ['{0}', '{0}'],
  ['{}', '{}'],
  ['x{2,3}', 'x{2,3}'],
  ['{node.name:>9999999}', '{node.name:>9999999}'],
  ['{node.name:{item}}', '{node.name:{item}}'],
  ['{inventory.__class__}', '{inventory.__class__}'],
  ['{node.__proto__}', '{node.__proto__}'],
  ['{inventory[__proto__]}', '{inventory[__proto__]}'],
  ['{inventory[constructor]}', '{inventory[constructor]}'],
  ['{inventory[cpu][flags][length]}', '{inventory[cpu][flags][length]}'],
])('%j becomes %j', (text, becomes) => expect(fill(text)).toBe(becomes));

test('what was filled in is not looked into again', () => {
  const sly: Scope = { ...scope, inventory: { bmc_address: '{node.driver}' } };
  expect(fillText('{inventory[bmc_address]}', sly, budget()).value).toBe('{node.driver}');
});

test('a text that is one placeholder tells what it named', () => {
  expect(fillText('{inventory[cpu][count]}', scope, budget()).named).toBe(8);
  expect(fillText(' {inventory[cpu][count]}', scope, budget())).not.toHaveProperty('named');
  expect(fillText('{inventory[no]}', scope, budget())).toMatchObject({ missing: true });
});

test('texts at any depth are filled in, the names of keys as well', () => {
  const value = { '{node.name}': ['{node.driver}', { n: 1, t: '{item[value]}' }] };
  expect(fillAll(value, scope, budget())).toEqual({ n1: ['ipmi', { n: 1, t: '7' }] });
});

test.each([
  ['{inventory[bmc][password]}', '***', 'x'],
  ['{inventory[bmc]}', "{'password': '***'}", "{'password': 'x'}"],
  ['{node.driver_info[ipmi_password]}', '******', 'y'],
  ['{node.driver_info}', "{'ipmi_password': '******'}", "{'ipmi_password': 'y'}"],
  ['{node.driver_internal_info[agent_secret_token]}', '******', '******'],
])('%s is shown as %s, or where secrets are not hidden as %s', (text, closed, open) => {
  const secrets = {
    node: { driver_info: { ipmi_password: 'y' }, driver_internal_info: { agent_secret_token: 'z' } },
    inventory: { bmc: { password: 'x' } },
    plugin_data: {},
  };
  expect(fillText(text, { ...secrets, hides: true }, budget()).value).toBe(closed);
  expect(fillText(text, { ...secrets, hides: false }, budget()).value).toBe(open);
});

test('secrets of an inventory are hidden at any depth', () => {
  expect(hideSecrets({ a: [{ password: 'x', bmc_password: { y: 1 }, auth_token: 2, passwords: 'z' }] })).toEqual({
    a: [{ password: '***', bmc_password: '***', auth_token: '***', passwords: 'z' }],
  });
});

test('any text comes out as a text', () => {
  const letters = fc.constantFrom(...'{}[].:!nodeitm0x>^', 'node.name', '{item}', '{inventory[cpu]}');
  fc.assert(
    fc.property(fc.string({ unit: letters }), (text) => {
      expect(typeof fill(text)).toBe('string');
    }),
    { numRuns: 1000 },
  );
});
