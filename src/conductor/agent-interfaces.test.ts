// Inspection, rescue and RAID through a ramdisk whose answers the test gives.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inventoryOf } from '#db/node-inventory.ts';
import { portsOfNode } from '#db/ports.ts';
import type { AgentClient, AgentCommand } from '#drivers/agent/client.ts';
import { type Bench, by, conductorBench } from '../../test/setup/conductor.ts';

interface Given {
  readonly name: string;
  readonly params: Record<string, unknown>;
}

let bench: Bench;
let given: Given[];
let answer: (name: string, params: Record<string, unknown>) => Partial<AgentCommand>;

const agents = {
  async command(_door: unknown, name: string, params: Record<string, unknown>) {
    given.push({ name, params });
    const done = { id: String(given.length), command_name: name, command_status: 'SUCCEEDED', command_error: null };
    return { ...done, command_result: null, ...answer(name, params) } as AgentCommand;
  },
  async commands() {
    return Promise.all(
      given.map(async ({ name, params }, id) => {
        const done = { id: String(id), command_name: name.split('.')[1]!, command_status: 'SUCCEEDED' };
        return { ...done, command_result: null, command_error: null, ...answer(name, params) } as AgentCommand;
      }),
    );
  },
  async close() {},
} as unknown as AgentClient;

beforeEach(async () => {
  given = [];
  answer = () => ({});
  bench = await conductorBench({
    sets: [
      'conductor.automated_clean=false',
      'DEFAULT.enabled_inspect_interfaces=fake,agent',
      'DEFAULT.enabled_rescue_interfaces=fake,agent',
      'DEFAULT.enabled_raid_interfaces=fake,agent',
      'DEFAULT.enabled_deploy_interfaces=fake,direct,ramdisk,custom-agent',
    ],
    house: { agents },
  });
});
afterEach(() => bench.close());

const go = (node: string, event: string, args = {}) => bench.orders.provision({ node, event, args, by });

async function comesTo(node: string, provision_state: string) {
  return vi.waitFor(async () => {
    const row = await bench.node(node);
    expect(row).toMatchObject({ provision_state, reservation: null });
    return row;
  });
}

const tokens = new Map<string, string>();

/** A ramdisk looks its node up once, and calls with the token that it was told. */
async function heartbeat(node: string): Promise<void> {
  const { token } = await bench.orders.lookup({ node, withToken: true, by });
  if (token) tokens.set(node, token);
  await bench.orders.heartbeat({
    node,
    callback_url: 'https://192.0.2.1:9999',
    agent_version: '12.0',
    agent_token: tokens.get(node)!,
    agent_verify_ca: undefined,
    agent_status: undefined,
    agent_status_message: undefined,
    by,
  });
}

const nics = [
  { name: 'eth0', mac_address: '52:54:00:aa:00:01', ipv4_address: '192.0.2.1' },
  { name: 'eth1', mac_address: '52:54:00:aa:00:02' },
];

async function inspecting(): Promise<string> {
  const { uuid } = await bench.enroll({ inspect_interface: 'agent', provision_state: 'manageable' });
  await go(uuid, 'inspect');
  await comesTo(uuid, 'inspect wait');
  return uuid;
}

test('what the ramdisk found becomes ports, properties and an inventory', async () => {
  const node = await inspecting();
  const inventory = { interfaces: nics, cpu: { architecture: 'x86_64', count: 4 } };
  const plugin_data = { boot_interface: '01-52-54-00-aa-00-01', logs: 'long' };
  await bench.orders.continueInspection({ node, inventory, plugin_data, by });
  const row = await comesTo(node, 'manageable');
  expect(row).toMatchObject({ last_error: null, properties: { cpu_arch: 'x86_64' }, power_state: 'power off' });
  expect(row.inspection_finished_at).not.toBeNull();
  const ports = await portsOfNode(bench.db.read, node);
  expect(ports.map((port) => [port.address, port.pxe_enabled]).at(-1)).toEqual(['52:54:00:aa:00:01', true]);
  const kept = await inventoryOf(bench.db.read, node);
  expect(kept.inventory_data).toMatchObject({ cpu: { count: 4 } });
  expect(kept.plugin_data).toMatchObject({ macs: ['52:54:00:aa:00:01'] });
  expect(kept.plugin_data).not.toHaveProperty('logs');
});

test('everything that is wrong with the data is said at once, and the inspection fails', async () => {
  const node = await inspecting();
  await bench.orders.continueInspection({ node, inventory: { interfaces: [] }, plugin_data: { error: 'no disk' }, by });
  const row = await comesTo(node, 'inspect failed');
  expect(row.last_error).toMatch(/no disk.*no network interfaces/);
});

test('data for a node that does not wait for them are refused', async () => {
  const { uuid } = await bench.enroll();
  const data = { node: uuid, inventory: { interfaces: nics }, plugin_data: {}, by };
  await expect(bench.orders.continueInspection(data)).rejects.toThrow(/does not wait/);
});

test('data find their node by its name, its MACs or its BMC, and none where these disagree', async () => {
  const other = await inspecting();
  const { uuid } = await bench.enroll({
    inspect_interface: 'agent',
    provision_state: 'manageable',
    driver_info: { ipmi_address: '192.0.2.77' },
  });
  await go(uuid, 'inspect');
  await comesTo(uuid, 'inspect wait');
  const mac = (await portsOfNode(bench.db.read, other))[0]!.address;
  const find = (whose: { uuid?: string; macs?: string[]; bmc?: string[] }) =>
    bench.orders.findInspected({ uuid: undefined, macs: [], bmc: [], ...whose }).then((row) => row?.uuid);
  expect(await find({ uuid })).toBe(uuid);
  expect(await find({ macs: [mac] })).toBe(other);
  expect(await find({ macs: ['52:54:00:00:00:99'], bmc: ['192.0.2.77'] })).toBe(uuid);
  await expect(find({ uuid, macs: [mac] })).rejects.toThrow(/no node here/);
  expect(await find({ macs: ['52:54:00:00:00:99'], bmc: ['0.0.0.0'] })).toBeUndefined();
  await go(uuid, 'abort');
  await comesTo(uuid, 'inspect failed');
  await expect(find({ uuid })).rejects.toThrow(/no node here/);
});

test('an inspection that waits can be broken off', async () => {
  const node = await inspecting();
  await go(node, 'abort');
  expect(await comesTo(node, 'inspect failed')).toMatchObject({ power_state: 'power off' });
});

test('a rescue waits for its ramdisk, gives it the hash of the password, and forgets both', async () => {
  const { uuid } = await bench.enroll({
    rescue_interface: 'agent',
    provision_state: 'active',
    power_state: 'power on',
  });
  await go(uuid, 'rescue', { rescue_password: 'secret' });
  await comesTo(uuid, 'rescue wait');
  await heartbeat(uuid);
  const row = await comesTo(uuid, 'rescue');
  expect(given).toEqual([
    { name: 'rescue.finalize_rescue', params: { rescue_password: expect.stringMatching(/^\$5\$/), hashed: true } },
  ]);
  expect(row.instance_info).toEqual({});
  await go(uuid, 'unrescue');
  expect(await comesTo(uuid, 'active')).toMatchObject({ power_state: 'power on', last_error: null });
});

test('a ramdisk that cannot set the password fails the rescue with its reason', async () => {
  const { uuid } = await bench.enroll({ rescue_interface: 'agent', provision_state: 'active' });
  answer = () => ({ command_status: 'FAILED', command_error: { message: 'no such user' } });
  await go(uuid, 'rescue', { rescue_password: 'secret' });
  await comesTo(uuid, 'rescue wait');
  await heartbeat(uuid);
  const row = await comesTo(uuid, 'rescue failed');
  expect(row.last_error).toContain('no such user');
  expect(row.instance_info).toEqual({});
});

test('a RAID is built by the ramdisk, and what was built is kept', async () => {
  const target = { logical_disks: [{ raid_level: '1', size_gb: 10 }] };
  answer = (name) => {
    if (name.includes('get_clean_steps')) return { command_result: { clean_steps: {}, hardware_manager_version: {} } };
    const clean_step = { interface: 'raid', step: 'create_configuration' };
    return { command_result: { clean_step, clean_result: target } };
  };
  const { uuid } = await bench.enroll({
    deploy_interface: 'direct',
    raid_interface: 'agent',
    provision_state: 'manageable',
    target_raid_config: target,
  });
  await go(uuid, 'clean', { clean_steps: [{ interface: 'raid', step: 'create_configuration' }] });
  await comesTo(uuid, 'clean wait');
  await heartbeat(uuid);
  await comesTo(uuid, 'clean wait');
  await heartbeat(uuid);
  expect((await comesTo(uuid, 'manageable')).raid_config).toMatchObject(target);
});

test('a RAID without a target is not begun', async () => {
  answer = () => ({ command_result: { clean_steps: {}, hardware_manager_version: {} } });
  const raid = { deploy_interface: 'direct', raid_interface: 'agent', provision_state: 'manageable' };
  const { uuid } = await bench.enroll(raid);
  await go(uuid, 'clean', { clean_steps: [{ interface: 'raid', step: 'create_configuration' }] });
  await comesTo(uuid, 'clean wait');
  await heartbeat(uuid);
  expect((await comesTo(uuid, 'clean failed')).last_error).toContain('target_raid_config');
});

test('a ramdisk instance is booted without an agent', async () => {
  const { uuid } = await bench.enroll({
    deploy_interface: 'ramdisk',
    provision_state: 'available',
    instance_info: { kernel: 'http://192.0.2.9/k', ramdisk: 'http://192.0.2.9/r' },
  });
  const error = await go(uuid, 'deploy').catch((e: unknown) => String(e));
  expect(error).toMatch(/cannot boot ramdisks/);
  await bench.orders.updateNode({ node: uuid, changes: { boot_interface: 'ipxe' }, by });
  await go(uuid, 'deploy');
  expect(await bench.rest(uuid)).toMatchObject({
    provision_state: 'active',
    power_state: 'power on',
    last_error: null,
  });
  expect(given).toEqual([]);
});
