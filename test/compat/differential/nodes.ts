// Nodes: their fields in requests, lists and answers.
import { node } from '#contract/resources/node.ts';
import { interfaceKinds } from '#drivers/kinds.ts';
import type { Script } from './script.ts';
import { createOddly, listOddly, patchOddly, showOddly, type Thing } from './things.ts';

let count = 0;

const thingOf = (s: Script): Thing => {
  count = 0;
  return {
    resource: node,
    fresh: () => ({ uuid: s.uuid(), driver: 'fake-hardware', name: `n-${++count}` }),
    good: {
      name: 'a-good-name',
      driver: 'fake-hardware',
      properties: { cpu_arch: 'x86_64' },
      extra: { a: 1 },
      driver_info: { a: 1, password: 'p' },
      instance_info: { a: 1 },
      bios_interface: 'no-bios',
      boot_interface: 'pxe',
      console_interface: 'no-console',
      deploy_interface: 'direct',
      firmware_interface: 'no-firmware',
      inspect_interface: 'no-inspect',
      management_interface: 'fake',
      network_interface: 'noop',
      power_interface: 'fake',
      raid_interface: 'no-raid',
      rescue_interface: 'no-rescue',
      storage_interface: 'noop',
      vendor_interface: 'no-vendor',
      resource_class: 'large',
      automated_clean: true,
      protected: true,
      protected_reason: 'why',
      conductor_group: '',
      owner: 'me',
      lessee: 'you',
      description: 'text',
      retired: true,
      retired_reason: 'old',
      network_data: {},
      shard: 's1',
      maintenance: true,
      disable_power_off: true,
      instance_name: 'vm',
      boot_mode: 'uefi',
      secure_boot: true,
      instance_uuid: '3f2504e0-4f89-41d3-9a0c-0305e82c3377',
    },
  }; // prettier-ignore
};

export function nodeFields(s: Script): void {
  const thing = thingOf(s);
  const uuid = s.uuid();
  s.ask('POST', '/v1/nodes', { ...thing.fresh(), uuid });
  patchOddly(s, thing, uuid);
  createOddly(s, thing);
  interfaces(s, thing);
  inStates(s, thing);
}

/** Interfaces and drivers are changed together, and set back. */
function interfaces(s: Script, thing: Thing): void {
  const uuid = s.uuid();
  s.ask('POST', '/v1/nodes', { ...thing.fresh(), uuid });
  const patch = (operations: unknown, query = '', minor = 115) =>
    s.ask('PATCH', `/v1/nodes/${uuid}${query}`, operations, { minor });
  const driver = (value: string) => ({ op: 'add', path: '/driver', value });
  for (const query of [
    '',
    '?reset_interfaces=true',
    '?reset_interfaces=false',
    '?reset_interfaces=x',
    '?reset_interfaces=',
  ])
    for (const name of ['manual-management', 'fake-hardware', 'nope', '']) patch([driver(name)], query);
  for (const minor of [44, 45]) patch([driver('manual-management')], '?reset_interfaces=true', minor);
  patch([driver('fake-hardware')], '?reset_interfaces=true');
  patch([{ op: 'add', path: '/extra/a', value: 1 }], '?reset_interfaces=true');
  patch(
    [driver('manual-management'), { op: 'add', path: '/deploy_interface', value: 'ramdisk' }],
    '?reset_interfaces=true',
  );
  patch([driver('fake-hardware'), { op: 'remove', path: '/deploy_interface' }], '?reset_interfaces=true');
  for (const kind of interfaceKinds)
    for (const value of ['fake', 'noop', `no-${kind}`, 'nope', 'FAKE', ' fake']) {
      patch([{ op: 'add', path: `/${kind}_interface`, value }]);
      s.ask('POST', '/v1/nodes', { ...thing.fresh(), [`${kind}_interface`]: value });
      s.ask('POST', '/v1/nodes', { ...thing.fresh(), driver: 'manual-management', [`${kind}_interface`]: value });
    }
  for (const parent of [uuid, 'n-1', 'nope', '']) s.ask('POST', '/v1/nodes', { ...thing.fresh(), parent_node: parent });
  patch([{ op: 'add', path: '/parent_node', value: uuid }]);
  s.ask('GET', `/v1/nodes/${uuid}/children`);
  s.ask('DELETE', `/v1/nodes/${uuid}`);
}

const forced = [
  'active',
  'deploying',
  'wait call-back',
  'cleaning',
  'clean wait',
  'available',
  'manageable',
  'enroll',
  'rescue',
  'error',
  'inspecting',
  'inspect wait',
  'inspect failed',
  'clean failed',
  'deploy failed',
  'adopt failed',
  'servicing',
  'service hold',
]; // prettier-ignore

/** Changes of a node in a state, under a lock, protected, retired, in maintenance. */
function inStates(s: Script, thing: Thing): void {
  const uuid = s.uuid();
  s.ask('POST', '/v1/nodes', { ...thing.fresh(), uuid });
  const path = `/v1/nodes/${uuid}`;
  const patch = (field: string, value: unknown, before: object[] = []) =>
    s.ask('PATCH', path, [{ op: 'add', path: `/${field}`, value }], { before });
  for (const provision_state of forced) {
    patch('extra/a', 1, [{ force: { node: uuid, set: { provision_state, maintenance: 0 } } }]);
    patch('protected', true);
    patch('protected', false);
    patch('retired', true);
    patch('retired', false);
    patch('resource_class', 'b');
    patch('resource_class', 'c');
    patch('driver', 'manual-management');
    patch('deploy_interface', 'direct');
    patch('deploy_interface', 'fake');
    patch('network_data', {});
    patch('instance_uuid', '3f2504e0-4f89-41d3-9a0c-0305e82c3388');
    patch('instance_uuid', null);
    patch('chassis_uuid', null);
    patch('shard', 'x');
    patch('conductor_group', 'nobody');
    patch('name', 'renamed');
    patch('instance_info/a', 1);
    patch('driver_info/a', 1);
    patch('owner', 'o');
  }
  patch('extra/a', 2, [{ lock: { node: uuid, by: 'other' } }]);
  patch('maintenance', true);
  for (const [method, tail, body] of [
    ['DELETE', '', undefined],
    ['PUT', '/maintenance', {}],
    ['DELETE', '/maintenance', undefined],
    ['PUT', '/states/power', { target: 'power on' }],
    ['PUT', '/states/provision', { target: 'manage' }],
    ['PUT', '/states/raid', {}],
    ['PUT', '/states/console', { enabled: true }],
    ['PUT', '/traits', { traits: [] }],
    ['PUT', '/traits/CUSTOM_A', undefined],
    ['DELETE', '/traits', undefined],
    ['POST', '/vifs', { id: 'v' }],
    ['PUT', '/management/boot_device', { boot_device: 'pxe' }],
    ['PUT', '/management/inject_nmi', {}],
    ['PUT', '/states/boot_mode', { target: 'bios' }],
    ['PUT', '/states/secure_boot', { target: true }],
    ['POST', '/vmedia', { device_type: 'cdrom', image_url: 'http://127.0.0.1/x' }],
    ['DELETE', '/vmedia', undefined],
    ['GET', '/states', undefined],
  ] as const)
    s.ask(method, `${path}${tail}`, body);
  s.ask('GET', path, undefined, { before: [{ unlock: { node: uuid } }] });
}

export function nodeLists(s: Script): void {
  const thing = thingOf(s);
  const chassis = s.uuid();
  s.ask('POST', '/v1/chassis', { uuid: chassis });
  const uuids = Array.from({ length: 5 }, () => s.uuid());
  const bodies: object[] = [
    { name: 'alpha', resource_class: 'a', owner: 'me', chassis_uuid: chassis, description: 'First one' },
    { name: 'beta', resource_class: 'b', lessee: 'you', driver: 'manual-management', shard: 'x' },
    { resource_class: 'a', instance_uuid: '3f2504e0-4f89-41d3-9a0c-0305e82c3355', shard: 'y', retired: true },
    { name: 'gamma', parent_node: uuids[0], description: 'child 100%_ of it' },
    { name: 'delta.json', maintenance: true, extra: { a: { b: [1, null, 'ü'] } }, instance_name: 'vm' },
  ];
  for (const [n, body] of bodies.entries())
    s.ask('POST', '/v1/nodes', { uuid: uuids[n], driver: 'fake-hardware', ...body });
  listOddly(s, thing, uuids);
  for (const query of moreLists(chassis, uuids)) {
    s.ask('GET', `/v1/nodes?${query}&fields=uuid,name`);
    s.ask('GET', `/v1/nodes/detail?${query}&limit=1`);
  }
  for (const minor of [1, 22, 23, 24, 90, 91]) {
    for (const tail of ['', '/detail', '?limit=1', '?fields=address']) {
      s.ask('GET', `/v1/nodes/${uuids[0]}/ports${tail}`, undefined, { minor });
      s.ask('GET', `/v1/nodes/alpha/portgroups${tail}`, undefined, { minor });
      s.ask('GET', `/v1/chassis/${chassis}/nodes${tail}`, undefined, { minor });
      s.ask('GET', `/v1/nodes/nope/ports${tail}`, undefined, { minor });
    }
    s.ask('GET', '/v1/nodes/delta', undefined, { minor });
    s.ask('GET', '/v1/nodes/delta.json', undefined, { minor });
    s.ask('GET', '/v1/nodes/alpha.json/states', undefined, { minor });
  }
  for (const value of ['', 'alpha', 'nope', uuids[0], 'delta.json', '%20'])
    for (const key of ['node', 'node_uuid', 'bogus'])
      for (const minor of [115, 4]) s.ask('GET', `/v1/nodes/validate?${key}=${value}`, undefined, { minor });
  s.ask('GET', '/v1/nodes/alpha/validate');
  s.ask('GET', '/v1/nodes/nope/validate');
  s.ask('GET', '/v1/nodes/beta/validate');
  showOddly(s, thing, uuids[2]!, 'beta');
  s.ask('DELETE', `/v1/nodes/${uuids[0]}`);
  s.ask('DELETE', '/v1/nodes/gamma');
  s.ask('DELETE', `/v1/nodes/${uuids[0]}`);
  s.ask('GET', `/v1/nodes/${uuids[0]}`);
}

const moreLists = (chassis: string, uuids: readonly string[]): string[] => [
  `chassis_uuid=${chassis}`,
  'instance_uuid=3f2504e0-4f89-41d3-9a0c-0305e82c3355',
  'associated=true',
  'associated=false',
  'maintenance=true',
  'maintenance=no',
  'provision_state=enroll',
  'provision_state=ENROLL',
  'provision_state=enroll&provision_state=active',
  'driver=fake-hardware',
  'driver=FAKE-HARDWARE',
  'resource_class=a',
  'resource_class=A',
  'fault=power%20failure',
  'conductor_group=',
  'conductor=yardstick',
  'conductor=nope',
  'owner=me',
  'lessee=you',
  'project=me',
  'project=you',
  'description_contains=one',
  'description_contains=ONE',
  'description_contains=%25',
  'description_contains=_',
  'description_contains=100%25_',
  'retired=true',
  'retired=false',
  'shard=x',
  'shard=x,y',
  'shard=X',
  'shard=,',
  'shard=x&shard=y',
  'sharded=true',
  'sharded=false',
  'include_children=true',
  'include_children=false',
  `parent_node=${uuids[0]}`,
  'parent_node=alpha',
  'parent_node=beta',
  'parent_node=nope',
  'instance_name=vm',
  'instance_name=VM',
  'maintenance=true&driver=fake-hardware',
  'associated=true&maintenance=true',
  `chassis_uuid=${chassis}&associated=true`,
  `instance_uuid=3f2504e0-4f89-41d3-9a0c-0305e82c3355&maintenance=true`,
  'sort_key=name',
  'sort_key=resource_class&sort_dir=desc',
  'sort_key=chassis_uuid',
  'sort_key=owner',
  'include_children=true&sort_key=name&sort_dir=desc',
  `marker=${uuids[3]}`,
  `marker=${uuids[1]}&sort_key=name`,
  `include_children=true&marker=${uuids[3]}&limit=1`,
  'marker=alpha',
  'shard=x&sharded=false',
]; // prettier-ignore
