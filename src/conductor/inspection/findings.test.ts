// What becomes of findings: hooks, rules, ports, inventory; and machines that are unknown.
import { afterEach, expect, test, vi } from 'vitest';
import { type Log, silent } from '#base/log.ts';
import { createInspectionRule } from '#db/inspection-rules.ts';
import { inventoryOf } from '#db/node-inventory.ts';
import { traitsOf } from '#db/node-traits.ts';
import { createPort, portsOfNode } from '#db/ports.ts';
import { type Bench, by, conductorBench } from '../../../test/setup/conductor.ts';
import { hold } from '../hold.ts';
import { makeOfFindings } from './make-of-findings.ts';

let bench: Bench | undefined;
afterEach(() => bench?.close());

const open = async (...sets: string[]) => {
  bench = await conductorBench({ sets });
  return bench;
};

const GiB = 1024 ** 3;
const mac = '52:54:00:aa:00:01';
const inventory = {
  interfaces: [{ name: 'eth0', mac_address: mac, ipv4_address: '192.0.2.1', has_carrier: true }],
  cpu: { architecture: 'x86_64', count: 4, flags: ['vmx', 'aes'] },
  memory: { physical_mb: 4096 },
  boot: { current_boot_mode: 'uefi' },
  disks: [
    { name: '/dev/sda', size: 100 * GiB, serial: 'A' },
    { name: '/dev/sdb', size: 10 * GiB, serial: 'B' },
  ],
};

async function findings(here: Bench, hooks: string, data: Record<string, unknown> = {}, uuid?: string) {
  const node = uuid ?? (await here.enroll({ provision_state: 'manageable' })).uuid;
  const found = { inventory: { ...inventory, ...(data.inventory as object) }, plugin_data: { ...data } };
  delete (found.plugin_data as Record<string, unknown>).inventory;
  const done = hold(here.conductor, node, (task) => makeOfFindings(task, found, hooks, '[redfish]inspection_hooks'), {
    by,
  });
  return { node, done };
}

const rule = (here: Bench, more: Record<string, unknown>) =>
  here.db.write((tx) =>
    createInspectionRule(tx, {
      uuid: crypto.randomUUID(),
      description: null,
      scope: null,
      conditions: [],
      ...more,
    } as unknown as Parameters<typeof createInspectionRule>[1]),
  );

test('every hook does its work', async () => {
  const here = await open(
    'inspector.pci_device_alias={"vendor_id": "8086", "product_id": "1", "name": "nic_fast"}',
    'inspector.physical_network_cidr_map=192.0.2.0/24:net-a',
  );
  const { node, done } = await findings(
    here,
    'validate-interfaces,ports,architecture,boot-mode,cpu-capabilities,cpus,memory,root-device,raid-device,pci-devices,accelerators,extra-hardware,physical-network,local-link-connection,parse-lldp',
    {
      boot_interface: mac,
      root_disk: inventory.disks[1],
      pci_devices: [
        { vendor_id: '8086', product_id: '1', bus: 'a' },
        { vendor_id: '8086', product_id: '1', bus: 'b' },
        { vendor_id: '10de', product_id: '2236', bus: 'c' },
      ],
      data: [
        ['disk', 'sda', 'size', '100'],
        ['cpu', 'physical', 'name', 'x'],
        [1, 2, 3],
      ],
      lldp_raw: {
        eth0: [
          [1, '04112233aabbcc'],
          [5, '737731'],
        ],
      },
    },
  );
  await done;
  const { properties } = await here.node(node);
  expect(properties).toEqual({
    cpu_arch: 'x86_64',
    cpus: 4,
    memory_mb: 4096,
    local_gb: 9,
    capabilities: 'boot_mode:uefi,cpu_vt:true,cpu_aes:true,nic_fast:2',
    accelerators: [expect.objectContaining({ device_id: '2236', pci_address: 'c' })],
  });
  const port = (await portsOfNode(here.db.read, node)).find(({ address }) => address === mac);
  expect(port).toMatchObject({
    physical_network: 'net-a',
    local_link_connection: { switch_id: '11:22:33:aa:bb:cc', switch_info: 'sw1' },
    pxe_enabled: true,
  });
  const { plugin_data } = await inventoryOf(here.db.read, node);
  expect(plugin_data).toMatchObject({
    extra: { disk: { sda: { size: 100 } }, cpu: { physical: { name: 'x' } } },
    parsed_lldp: { eth0: { switch_system_name: 'sw1' } },
    local_gb: 9,
  });
  expect(plugin_data).not.toHaveProperty('data');
});

test('hooks live with data that tell nothing', async () => {
  const here = await open();
  const { done } = await findings(
    here,
    'validate-interfaces,boot-mode,cpu-capabilities,root-device,raid-device,pci-devices,accelerators,extra-hardware,physical-network,local-link-connection,parse-lldp',
    {
      inventory: { cpu: null, boot: 'x', disks: 'none', memory: 3 },
      pci_devices: 7,
      lldp_raw: [],
      data: 'x',
      root_disk: 1,
    },
  );
  await done;
});

test('the disk that a RAID made becomes the root device', async () => {
  const here = await open();
  const first = await findings(here, 'raid-device');
  await first.done;
  const disks = [{ serial: 'R', size: 200 * GiB, name: '/dev/sdc' }, inventory.disks[0]];
  await (await findings(here, 'raid-device,root-device', { inventory: { disks } }, first.node)).done;
  expect((await here.node(first.node)).properties).toEqual({ root_device: { serial: 'R' }, local_gb: 199 });
});

test('a machine without the disk that the hints name fails', async () => {
  const here = await open();
  const { uuid } = await here.enroll({ properties: { root_device: { serial: 'none' } } });
  const { done } = await findings(here, 'root-device', {}, uuid);
  await expect(done).rejects.toThrow(/hook root-device: Root device hints: no disk of the machine fits/);
});

test('rules go by priority, and one that fails leaves what those before it did', async () => {
  const here = await open();
  const set = (path: string, value: string) => ({ op: 'set-attribute', args: { path, value } });
  await rule(here, { priority: 1, actions: [{ op: 'fail', args: { msg: 'stop: {node.extra[a]}' } }] });
  await rule(here, { priority: 50, actions: [set('/extra/a', 'second of {node.extra[a]}')] });
  await rule(here, {
    priority: 90,
    actions: [set('/extra/a', 'first'), { op: 'add-trait', args: { name: 'CUSTOM_A' } }],
  });
  await rule(here, { priority: 2, scope: 'elsewhere', actions: [set('/extra/b', 'x')] });
  const { node, done } = await findings(here, 'validate-interfaces');
  await expect(done).rejects.toThrow(/inspection rule .*: stop: second of first$/);
  expect((await here.node(node)).extra).toEqual({ a: 'second of first' });
  expect(await traitsOf(here.db.read, node)).toEqual(['CUSTOM_A']);
  expect((await inventoryOf(here.db.read, node)).inventory_data).toMatchObject({ memory: { physical_mb: 4096 } });
});

test('what a sensitive rule holds or says stands in no line of the log', async () => {
  const here = await open('inspection_rules.mask_secrets=never');
  const lines: unknown[] = [];
  const log: Log = {
    ...silent,
    debug: (...line) => void lines.push(line),
    info: (...line) => void lines.push(line),
    warn: (...line) => void lines.push(line),
    error: (...line) => void lines.push(line),
    child: () => log,
  };
  const say = (msg: string) => ({ op: 'log', args: { msg } });
  const unmet = { op: 'eq', args: { values: ['secret-4', '{inventory[hostname]}'] } };
  await rule(here, { priority: 9, description: 'open', actions: [say('hello {inventory[bmc_password]}')] });
  await rule(here, { priority: 8, sensitive: true, actions: [say('secret-1')] });
  await rule(here, { priority: 7, sensitive: true, conditions: [unmet], actions: [say('secret-3')] });
  await rule(here, { sensitive: true, description: 'secret-2', actions: [{ op: 'fail', args: { msg: 'secret-5' } }] });
  const { uuid } = await here.enroll();
  const found = { inventory: { ...inventory, bmc_password: 'told' }, plugin_data: {} };
  const done = hold({ ...here.conductor, log }, uuid, (task) => makeOfFindings(task, found, 'architecture', 'x'), {
    by,
  });
  await expect(done).rejects.toThrow(/^(?!.*secret-).*the rule is sensitive$/);
  expect(JSON.stringify(lines)).toContain('hello told');
  expect(JSON.stringify(lines)).not.toMatch(/secret-/);
});

test('a rule may change the driver, and takes its default interfaces', async () => {
  const here = await open();
  await rule(here, { actions: [{ op: 'set-attribute', args: { path: '/driver', value: 'ipmi' } }] });
  const { node, done } = await findings(here, 'architecture');
  await done;
  expect(await here.node(node)).toMatchObject({ driver: 'ipmi', power_interface: 'ipmitool' });
});

test.each([
  [{ path: '/driver', value: 'no-such' }, /no-such/],
  [{ path: '/power_interface', value: 'no-such' }, /no-such/],
])('a rule that sets %j fails, and nothing of it stays', async (args, why) => {
  const here = await open();
  const mark = { op: 'set-attribute', args: { path: '/extra/mark', value: 1 } };
  await rule(here, { actions: [mark, { op: 'set-attribute', args }] });
  const { node, done } = await findings(here, 'architecture');
  await expect(done).rejects.toThrow(why);
  expect((await here.node(node)).extra).toEqual({});
});

test('nothing is kept where that is not wanted', async () => {
  const here = await open('inventory.data_backend=none');
  const { node, done } = await findings(here, 'architecture');
  await done;
  await expect(inventoryOf(here.db.read, node)).rejects.toThrow();
});

const discovering = ['auto_discovery.enabled=true', 'auto_discovery.driver=fake-hardware'];
const machine = (macs: readonly string[]) => ({
  inventory: { ...inventory, interfaces: macs.map((mac_address, i) => ({ name: `eth${i}`, mac_address })) },
  plugin_data: {},
  by,
});

test('an unknown machine becomes a node with ports, its inventory and what rules make of it', async () => {
  const here = await open(...discovering, 'auto_discovery.inspection_scope=new');
  await rule(here, { scope: 'new', actions: [{ op: 'add-trait', args: { name: 'CUSTOM_NEW' } }] });
  const found = machine([mac, '52:54:00:aa:00:02']);
  const { uuid } = await here.orders.discover(found);
  await here.orders.continueInspection({ ...found, node: uuid, discovered: true });
  await vi.waitFor(async () => expect(await traitsOf(here.db.read, uuid)).toEqual(['CUSTOM_NEW']));
  expect(await here.rest(uuid)).toMatchObject({ provision_state: 'enroll', driver: 'fake-hardware', last_error: null });
  expect((await portsOfNode(here.db.read, uuid)).map((port) => port.address)).toEqual([mac, '52:54:00:aa:00:02']);
});

test('what a rule has against a discovered machine stands in its last error; it stays enrolled', async () => {
  const here = await open(...discovering);
  await rule(here, { actions: [{ op: 'fail', args: { msg: 'not ours' } }] });
  const found = machine([mac]);
  const { uuid } = await here.orders.discover(found);
  await here.orders.continueInspection({ ...found, node: uuid, discovered: true });
  await vi.waitFor(async () => expect((await here.node(uuid)).last_error).toMatch(/^Discovery failed: .*not ours$/));
  expect((await here.node(uuid)).provision_state).toBe('enroll');
});

test.each([
  ['it is off', [], [mac]],
  ['there is no driver for them', ['auto_discovery.enabled=true'], [mac]],
  ['it has no MAC address', discovering, ['nonsense']],
])('an unknown machine is refused where %s', async (_, sets, macs) => {
  const here = await open(...sets);
  await expect(here.orders.discover(machine(macs))).rejects.toThrow(/no node here/);
});

test('an unknown machine that tells too much is refused; its logs do not count', async () => {
  const here = await open(...discovering);
  const told = (plugin_data: object) => here.orders.discover({ ...machine([mac]), plugin_data: { ...plugin_data } });
  await expect(told({ junk: 'x'.repeat(2 ** 20) })).rejects.toThrow(/no node here/);
  await expect(told({ logs: 'x'.repeat(2 ** 20) })).resolves.toMatchObject({ provision_state: 'enroll' });
});

test('a MAC address makes one node, however often and however fast it reports', async () => {
  const here = await open(...discovering, 'inspector.add_ports=disabled');
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => here.orders.discover(machine([mac]))));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('more machines than are taken per minute are told to come again', async () => {
  const here = await open(...discovering, 'ingot.discovery_per_minute=2');
  for (const end of ['01', '02']) await here.orders.discover(machine([`52:54:00:bb:00:${end}`]));
  await expect(here.orders.discover(machine(['52:54:00:bb:00:03']))).rejects.toMatchObject({ status: 503 });
});

test('a node that belongs to others keeps its port: its MAC is no new machine', async () => {
  const here = await open(...discovering);
  const { uuid } = await here.enroll();
  await here.db.write((tx) => createPort(tx, { node_uuid: uuid, address: mac }));
  await expect(here.orders.discover(machine([mac]))).rejects.toThrow(/no node here/);
});
