import { describe, expect, test } from 'vitest';
import { actions } from './actions.ts';
import { applyRule, type Rule, type Subject } from './apply-rule.ts';
import { actionArguments, type Entry } from './arguments.ts';

const mac = '52:54:00:00:00:01';
const subject: Subject = {
  node: {
    driver: 'ipmi',
    name: 'n1',
    extra: { list: [1] },
    properties: { capabilities: 'boot_mode:uefi,x:1' },
    driver_info: { ipmi_password: 'secret' },
    driver_internal_info: { agent_secret_token: 't' },
    automated_clean: null,
    description: 'd',
  },
  ports: [
    {
      uuid: 'aaaaaaaa-0000-4000-8000-000000000001',
      address: mac,
      extra: {},
      local_link_connection: {},
      pxe_enabled: true,
    },
  ],
  traits: ['CUSTOM_OLD'],
  inventory: { bmc_address: '192.0.2.9', cpu: { count: 8 } },
  plugin_data: { a: { b: { c: 1 } }, list: ['x'], 'dotted.key': 1 },
};

const run = (entries: readonly Entry[], more: Partial<Rule> = {}) =>
  applyRule(
    {
      uuid: '1',
      description: null,
      priority: 0,
      sensitive: false,
      scope: null,
      conditions: [],
      actions: entries,
      ...more,
    },
    subject,
    'always',
  );

const draftAfter = (...entries: Entry[]) => {
  const verdict = run(entries);
  if (verdict.is !== 'applied') throw new Error(JSON.stringify(verdict));
  return verdict.draft;
};

test('every action with arguments is known', () => {
  expect(Object.keys(actions).sort()).toEqual(Object.keys(actionArguments).sort());
});

describe('an action on records', () => {
  test.each([
    ['set-attribute', { path: '/driver', value: 'redfish' }, { node: { driver: 'redfish' } }],
    [
      'set-attribute',
      { path: 'extra/rack', value: 'r-{inventory[cpu][count]}' },
      { node: { extra: { list: [1], rack: 'r-8' } } },
    ],
    ['set-attribute', { path: 'extra.a.b', value: 1 }, { node: { extra: { list: [1], a: { b: 1 } } } }],
    [
      'set-attribute',
      { path: '/driver_info/redfish_address', value: 'https://{inventory[bmc_address]}' },
      { node: { driver_info: { redfish_address: 'https://192.0.2.9' } } },
    ],
    ['set-attribute', { path: '/automated_clean', value: 'True' }, { node: { automated_clean: true } }],
    [
      'set-attribute',
      { path: '/properties', value: { cpus: '{inventory[cpu][count]}' } },
      { node: { properties: { cpus: '8' } } },
    ],
    ['extend-attribute', { path: '/extra/list', value: 2 }, { node: { extra: { list: [1, 2] } } }],
    ['extend-attribute', { path: '/extra/list', value: 1, unique: true }, { node: { extra: { list: [1] } } }],
    ['extend-attribute', { path: '/extra/list', value: 1, unique: false }, { node: { extra: { list: [1, 1] } } }],
    ['extend-attribute', { path: '/extra/new', value: 1 }, { node: { extra: { list: [1], new: [1] } } }],
    ['del-attribute', { path: '/extra/list' }, { node: { extra: {} } }],
    ['del-attribute', { path: '/extra/no/such' }, { node: { extra: { list: [1] } } }],
    ['del-attribute', { path: '/description' }, { node: { description: null } }],
    ['set-capability', { name: 'y', value: 2 }, { node: { properties: { capabilities: 'boot_mode:uefi,x:1,y:2' } } }],
    [
      'set-capability',
      { name: 'boot_mode', value: 'bios' },
      { node: { properties: { capabilities: 'boot_mode:bios,x:1' } } },
    ],
    ['unset-capability', { name: 'x' }, { node: { properties: { capabilities: 'boot_mode:uefi' } } }],
    ['unset-capability', { name: 'z' }, { node: { properties: { capabilities: 'boot_mode:uefi,x:1' } } }],
    ['add-trait', { name: 'CUSTOM_NEW' }, { traits: ['CUSTOM_OLD', 'CUSTOM_NEW'] }],
    ['add-trait', { name: 'CUSTOM_OLD' }, { traits: ['CUSTOM_OLD'] }],
    ['remove-trait', { name: 'CUSTOM_OLD' }, { traits: [] }],
    ['remove-trait', { name: 'CUSTOM_NO' }, { traits: ['CUSTOM_OLD'] }],
    ['set-plugin-data', { path: 'a.b.d', value: '{node.name}' }, { plugin_data: { a: { b: { c: 1, d: 'n1' } } } }],
    ['set-plugin-data', { path: '/a/b', value: 1 }, { plugin_data: { a: { b: 1 } } }],
    ['set-plugin-data', { path: ['dotted.key'], value: 2 }, { plugin_data: { 'dotted.key': 2 } }],
    ['extend-plugin-data', { path: 'list', value: 'y' }, { plugin_data: { list: ['x', 'y'] } }],
    ['extend-plugin-data', { path: 'list', value: 'x', unique: true }, { plugin_data: { list: ['x'] } }],
    ['extend-plugin-data', { path: 'n.m', value: 1 }, { plugin_data: { n: { m: [1] } } }],
    ['unset-plugin-data', { path: 'list' }, { plugin_data: { a: { b: { c: 1 } }, 'dotted.key': 1 } }],
    ['unset-plugin-data', { path: 'a.b.c' }, { plugin_data: { a: {} } }],
    ['unset-plugin-data', { path: 'no.such' }, { plugin_data: subject.plugin_data }],
    ['set-port-attribute', { port_id: mac, path: '/extra/speed', value: 10 }, { ports: [{ extra: { speed: 10 } }] }],
    [
      'set-port-attribute',
      { port_id: 'AAAAAAAA-0000-4000-8000-000000000001', path: '/pxe_enabled', value: false },
      { ports: [{ pxe_enabled: false }] },
    ],
    [
      'set-port-attribute',
      { port_id: mac, path: 'local_link_connection.switch_info', value: 's' },
      { ports: [{ local_link_connection: { switch_info: 's' } }] },
    ],
    ['extend-port-attribute', { port_id: mac, path: '/extra/l', value: 1 }, { ports: [{ extra: { l: [1] } }] }],
    ['del-port-attribute', { port_id: mac, path: '/extra' }, { ports: [{ extra: {} }] }],
  ] as const)('%s %j', (op, args, after) => {
    expect(draftAfter({ op, args })).toMatchObject(after);
  });

  test('leaves what it was given as it was', () => {
    const before = structuredClone(subject);
    draftAfter(
      { op: 'set-attribute', args: { path: '/extra/a/b', value: 1 } },
      { op: 'extend-plugin-data', args: ['list', 1] },
    );
    expect(subject).toEqual(before);
  });

  test('is done for each item of a loop, and the next sees what it did', () => {
    const loop = [
      { path: '/extra/a', value: '{inventory[bmc_address]}' },
      { path: '/extra/b', value: '{node.extra[a]}' },
    ];
    const draft = draftAfter(
      { op: 'set-attribute', args: { path: '{item[path]}', value: '{item[value]}' }, loop },
      { op: 'set-attribute', args: { path: '/extra/c', value: '{node.extra[a]}' } },
      { op: 'add-trait', args: { name: '{item}' }, loop: ['CUSTOM_A', 'CUSTOM_B'] },
    );
    expect(draft.node.extra).toMatchObject({ a: '192.0.2.9', b: '{node.extra[a]}', c: '192.0.2.9' });
    expect(draft.traits).toEqual(['CUSTOM_OLD', 'CUSTOM_A', 'CUSTOM_B']);
  });
});

describe('an action outside of the records', () => {
  test('log tells its message and level', () => {
    expect(run([{ op: 'log', args: { msg: 'saw {node.name}', level: 'WARNING' } }])).toMatchObject({
      effects: [{ is: 'log', level: 'warning', msg: 'saw n1' }],
    });
  });

  test('api-call tells of a request', () => {
    const args = { url: 'http://hook/{node.name}', headers: { 'X-A': 1 }, timeout: '2', retries: 0 };
    expect(run([{ op: 'api-call', args }])).toMatchObject({
      effects: [
        {
          is: 'call',
          call: {
            url: 'http://hook/n1',
            headers: { 'X-A': '1' },
            proxies: {},
            timeoutSeconds: 2,
            retries: 0,
            backoffFactor: 0.3,
            fixedHost: true,
          },
        },
      ],
    });
  });

  test.each([
    ['http://hook:81?n={node.name}', true],
    ['https://hook', true],
    ['http://{inventory[bmc_address]}/', false],
    ['http://hook.{node.name}/', false],
    ['http://user@{node.name}/', false],
    ['http://a@b/', false],
    ['{node.name}', false],
  ])('api-call of %s: the rule says where it goes: %s', (url, fixedHost) => {
    expect(run([{ op: 'api-call', args: { url } }])).toMatchObject({ effects: [{ call: { fixedHost } }] });
  });

  test('fail ends the rule with its message', () => {
    expect(run([{ op: 'fail', args: { msg: 'no {node.name}' } }])).toEqual({
      is: 'failed',
      at: 'actions[0] (fail)',
      why: 'no n1',
      refused: true,
    });
  });
});

test.each([
  ['set-attribute', { path: '/provision_state', value: 'active' }, /cannot be changed by rules/],
  ['set-attribute', { path: '/driver_internal_info/agent_secret_token', value: 'x' }, /cannot be changed by rules/],
  ['set-attribute', { path: '/reservation', value: null }, /cannot be changed by rules/],
  ['set-attribute', { path: '/instance_uuid', value: 'x' }, /cannot be changed by rules/],
  ['set-attribute', { path: '/extra', value: 'x' }, /an object/],
  ['set-attribute', { path: '/name', value: 'a b' }, /is no name/],
  ['set-attribute', { path: '/extra/list/a', value: 1 }, /no object/],
  ['set-attribute', { path: '/extra/__proto__/x', value: 1 }, /__proto__/],
  ['set-attribute', { path: '', value: 1 }, /is empty/],
  ['set-attribute', { path: 7, value: 1 }, /text is accepted/],
  ['extend-attribute', { path: '/description', value: 1 }, /no list/],
  ['del-attribute', { path: '/driver' }, /cannot be removed/],
  ['del-attribute', { path: '/no_such' }, /cannot be changed by rules/],
  ['set-capability', { name: 'a,b', value: 1 }, /without ":" and ","/],
  ['set-capability', { name: 'a', value: '1,b:2' }, /cannot hold ","/],
  ['add-trait', { name: 'gpu' }, /is no trait/],
  ['add-trait', { name: 3 }, /is no trait/],
  ['set-plugin-data', { path: 'list.x', value: 1 }, /no object/],
  ['extend-plugin-data', { path: 'a', value: 1 }, /no list/],
  ['set-port-attribute', { port_id: 'x', path: '/extra/a', value: 1 }, /no port/],
  ['set-port-attribute', { port_id: mac, path: '/node_uuid', value: 'x' }, /cannot be changed by rules/],
  ['set-port-attribute', { port_id: mac, path: '/address', value: 'x' }, /MAC/],
  ['log', { msg: 'x', level: 'loud' }, /level "loud"/],
  ['api-call', { url: 'http://x', timeout: 0 }, /timeout/],
  ['api-call', { url: 'http://x', retries: 1000 }, /retries/],
  ['api-call', { url: 'http://x', headers: 'x' }, /headers/],
  ['no-such', {}, /no action "no-such"/],
] as const)('%s %j fails the rule', (op, args, why) => {
  expect(run([{ op, args }])).toMatchObject({
    is: 'failed',
    at: `actions[0] (${op})`,
    why: expect.stringMatching(why),
    refused: false,
  });
});
