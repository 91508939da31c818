// openstacksdk of PyPI: the bare metal proxy for each resource, and what it waits for.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveInventory } from '#db/node-inventory.ts';
import type { Site } from '../setup/site.ts';
import { ensurePythonClients } from './python.ts';
import { openSdk, type Sdk } from './sdk.ts';
import { openClientSite } from './site.ts';

type Row = Record<string, unknown>;

let site: Site;
let sdk: Sdk;
beforeAll(async () => {
  const bin = await ensurePythonClients();
  site = await openClientSite();
  sdk = openSdk(bin, site.running.url);
});
afterAll(async () => {
  await sdk?.end();
  await site?.close();
});

const make = async (name: string, more: Row = {}): Promise<string> =>
  (await sdk('create_node', { driver: 'fake-hardware', name, ...more })).id as string;
const listed = async (method: string, more: Row = {}) => sdk<Row[]>(method, more);

/** A fake machine in `manageable` with its power known; the SDK waits by itself. */
async function manageable(name: string): Promise<string> {
  const node = await make(name);
  await sdk('set_node_provision_state', node, 'manage', { wait: true, timeout: 60 });
  await sdk('set_node_power_state', node, 'power off', { wait: true, timeout: 60 });
  return node;
}

describe('nodes', () => {
  test('are created, read, found, listed, updated, patched and deleted', async () => {
    const id = await make('crud', { resource_class: 'baremetal', extra: { rack: 1 }, properties: { cpus: 8 } });
    expect(await sdk('get_node', id)).toMatchObject({ name: 'crud', extra: { rack: 1 }, provision_state: 'enroll' });
    expect(await sdk('get_node', 'crud', { fields: ['name', 'driver'] })).toMatchObject({ driver: 'fake-hardware' });
    expect(await sdk('find_node', 'crud')).toMatchObject({ id });
    expect(await sdk('find_node', 'missing')).toBeNull();
    expect((await listed('nodes', { resource_class: 'baremetal', details: true }))[0]).toMatchObject({ id });
    expect(await sdk('update_node', id, { description: 'changed', extra: { rack: 2 } })).toMatchObject({
      description: 'changed',
      extra: { rack: 2 },
    });
    const patch = [{ op: 'add', path: '/extra/shelf', value: 3 }];
    expect(await sdk('patch_node', id, patch)).toMatchObject({ extra: { rack: 2, shelf: 3 } });
    await sdk('delete_node', id);
    await expect(sdk('get_node', id)).rejects.toThrow(/NotFoundException 404/);
    await sdk('delete_node', id);
    await expect(sdk('delete_node', id, { ignore_missing: false })).rejects.toThrow(/404/);
  });

  test('are made manageable or available when they are created so', async () => {
    expect(
      await sdk('create_node', { driver: 'fake-hardware', name: 'm', provision_state: 'manageable' }),
    ).toMatchObject({ provision_state: 'manageable' });
    expect(
      await sdk('create_node', { driver: 'fake-hardware', name: 'a', provision_state: 'available' }),
    ).toMatchObject({
      provision_state: 'available',
    });
  });

  test('are listed page by page', async () => {
    for (const name of ['page-1', 'page-2', 'page-3']) await make(name, { resource_class: 'pages' });
    const names = (await listed('nodes', { resource_class: 'pages', limit: 1, sort_key: 'name' })).map(
      (node) => node.name,
    );
    expect(names).toEqual(['page-1', 'page-2', 'page-3']);
  });

  test('have traits', async () => {
    const id = await make('traits');
    await sdk('set_node_traits', id, ['CUSTOM_A', 'CUSTOM_B']);
    await sdk('add_node_trait', id, 'CUSTOM_C');
    await sdk('remove_node_trait', id, 'CUSTOM_A');
    expect((await sdk('get_node', id)).traits).toEqual(expect.arrayContaining(['CUSTOM_B', 'CUSTOM_C']));
    expect((await sdk('get_node', id)).traits).toHaveLength(2);
  });

  test('go into maintenance and out of it', async () => {
    const id = await make('sick');
    expect(await sdk('set_node_maintenance', id, 'broken fan')).toMatchObject({
      is_maintenance: true,
      maintenance_reason: 'broken fan',
    });
    expect(await sdk('unset_node_maintenance', id)).toMatchObject({ is_maintenance: false });
    expect(await sdk('update_node', id, { is_maintenance: true, name: 'ill' })).toMatchObject({ name: 'ill' });
  });

  test('are validated, and asked for their boot device', async () => {
    const id = await manageable('board');
    expect(await sdk('validate_node', id, { required: ['boot', 'deploy', 'power'] })).toHaveProperty('power');
    await sdk('set_node_boot_device', id, 'pxe', true);
    expect(await sdk('get_node_boot_device', id)).toMatchObject({ boot_device: 'pxe' });
    expect(await sdk('get_node_supported_boot_devices', id)).toMatchObject({ supported_boot_devices: ['pxe'] });
    await sdk('inject_nmi_to_node', id);
    await sdk('enable_node_console', id);
    await expect.poll(() => sdk('get_node_console', id)).toMatchObject({ console_enabled: true });
    await sdk('disable_node_console', id);
    await expect.poll(() => sdk('get_node_console', id)).toMatchObject({ console_enabled: false });
  });

  test('have vendor methods, firmware, an inventory', async () => {
    const id = await manageable('parts');
    expect(await sdk('list_node_vendor_passthru', id)).toHaveProperty('third_method_sync');
    await sdk('call_node_vendor_passthru', id, 'POST', 'third_method_sync', { body: { bar: 'meow' } });
    expect(await sdk('list_node_firmware', id)).toEqual({ firmware: [] });
    await expect(sdk('get_node_inventory', id)).rejects.toThrow(/404/);
    const found = { cpu: { count: 8 } };
    await site.running.db.write((tx) => saveInventory(tx, id, found, {}));
    expect(await sdk('get_node_inventory', id)).toMatchObject({ inventory: found });
  });

  test('have vifs', async () => {
    const id = await make('wired', { network_interface: 'flat' });
    await sdk('create_port', { node_id: id, address: '52:54:00:00:03:01' });
    const vif = '11111111-2222-4333-8444-555555555555';
    await sdk('attach_vif_to_node', id, vif);
    expect(await sdk('list_node_vifs', id)).toEqual([vif]);
    expect(await sdk('detach_vif_from_node', id, vif)).toBe(true);
    expect(await sdk('detach_vif_from_node', id, vif)).toBe(false);
  });
});

describe('what the SDK waits for', () => {
  test('power', async () => {
    const id = await manageable('bulb');
    await sdk('set_node_power_state', id, 'power on', { wait: true, timeout: 30 });
    expect(await sdk('wait_for_node_power_state', id, 'power on', { timeout: 30 })).toMatchObject({
      power_state: 'power on',
    });
    expect(await sdk('wait_for_node_reservation', id, { timeout: 30 })).toMatchObject({ reservation: null });
  });

  test('inspection, cleaning, deployment, rescue, undeployment', async () => {
    const id = await manageable('cycle');
    const drive = (target: string, more: Row = {}) =>
      sdk('set_node_provision_state', id, target, { wait: true, timeout: 60, ...more });
    expect(await drive('inspect')).toMatchObject({ provision_state: 'manageable' });
    const clean_steps = [{ interface: 'bios', step: 'factory_reset' }];
    expect(await drive('clean', { clean_steps })).toMatchObject({ provision_state: 'manageable' });
    expect(await drive('provide')).toMatchObject({ provision_state: 'available' });
    const config_drive = { meta_data: { hostname: 'cycle' } };
    expect(await drive('active', { config_drive })).toMatchObject({ provision_state: 'active' });
    expect(await drive('rebuild')).toMatchObject({ provision_state: 'active' });
    expect(await drive('rescue', { rescue_password: 'let-me-in' })).toMatchObject({ provision_state: 'rescue' });
    await sdk('set_node_provision_state', id, 'unrescue'); // the SDK does not know what to wait for
    await sdk('wait_for_nodes_provision_state', [id], 'active', { timeout: 60 });
    expect(await drive('deleted')).toMatchObject({ provision_state: 'available' });
  });

  test('many nodes at once, and a failure is told as one', async () => {
    const ids = await Promise.all(['many-1', 'many-2', 'many-3'].map((name) => make(name)));
    for (const id of ids) await sdk('set_node_provision_state', id, 'manage');
    const nodes = await sdk<Row[]>('wait_for_nodes_provision_state', ids, 'manageable', { timeout: 60 });
    expect(nodes.map((node) => node.provision_state)).toEqual(['manageable', 'manageable', 'manageable']);
    const [machine] = site.rack.descriptions;
    const driver_info = { ipmi_address: machine!.address, ipmi_port: machine!.port, ipmi_username: 'nobody' };
    const wrong = await sdk('create_node', { driver: 'ipmi', name: 'wrong', driver_info });
    await expect(sdk('set_node_provision_state', wrong.id, 'manage', { wait: true, timeout: 60 })).rejects.toThrow(
      /ResourceFailure/,
    );
  });

  test('allocations', async () => {
    const id = await make('to-allocate', { resource_class: 'wanted' });
    await sdk('set_node_provision_state', id, 'manage', { wait: true, timeout: 60 });
    await sdk('set_node_power_state', id, 'power off', { wait: true, timeout: 60 });
    await sdk('set_node_provision_state', id, 'provide', { wait: true, timeout: 60 });
    const made = await sdk('create_allocation', { resource_class: 'wanted', name: 'mine' });
    expect(await sdk('wait_for_allocation', made.id, { timeout: 30 })).toMatchObject({ state: 'active', node_id: id });
    expect(await sdk('get_allocation', 'mine')).toMatchObject({ id: made.id });
    expect(await sdk('update_allocation', made.id, { extra: { a: 'b' } })).toMatchObject({ extra: { a: 'b' } });
    const renaming = [{ op: 'replace', path: '/name', value: 'ours' }];
    expect(await sdk('patch_allocation', made.id, renaming)).toMatchObject({ name: 'ours' });
    expect(await listed('allocations', { resource_class: 'wanted' })).toHaveLength(1);
    const second = await sdk('create_allocation', { resource_class: 'wanted' });
    await expect(sdk('wait_for_allocation', second.id, { timeout: 30 })).rejects.toThrow(/wanted/);
    await sdk('delete_allocation', made.id);
    await sdk('delete_allocation', second.id);
    expect(await listed('allocations')).toEqual([]);
  });
});

/** Resources that are all handled alike: [word, plural, how one is made, what is changed, who finds it by name]. */
type Case = readonly [word: string, plural: string, make: (node: string) => Row, change: Row, key: string];
const steps = [{ interface: 'bios', step: 'factory_reset', args: {}, priority: 10 }];
const resources: readonly Case[] = [
  ['chassis', 'chassis', () => ({ description: 'row 4' }), { extra: { a: 'b' } }, 'id'],
  ['port', 'ports', (node) => ({ node_id: node, address: '52:54:00:00:04:01' }), { extra: { a: 'b' } }, 'id'],
  ['port_group', 'port_groups', (node) => ({ node_id: node, name: 'bond0' }), { extra: { a: 'b' } }, 'name'],
  [
    'volume_connector',
    'volume_connectors',
    (node) => ({ node_id: node, type: 'iqn', connector_id: 'iqn.2020-01.org.example:a' }),
    { extra: { a: 'b' } },
    'id',
  ],
  [
    'volume_target',
    'volume_targets',
    (node) => ({ node_id: node, volume_type: 'iscsi', boot_index: 0, volume_id: 'v', properties: {} }),
    { volume_id: 'w' },
    'id',
  ],
  ['deploy_template', 'deploy_templates', () => ({ name: 'CUSTOM_T', steps }), { extra: { a: 'b' } }, 'name'],
];

test.each(resources)('%s: create, get, find, list, update, patch, delete', async (word, plural, given, change, key) => {
  const node = await make(`with-${word}`.replaceAll('_', '-'));
  await sdk('set_node_power_state', node, 'power off', { wait: true, timeout: 60 });
  const made = await sdk(`create_${word}`, given(node));
  expect(await sdk(`get_${word}`, made.id)).toMatchObject({ id: made.id, ...given(node) });
  expect(await sdk(`find_${word}`, made[key])).toMatchObject({ id: made.id });
  expect((await listed(plural)).map((row) => row.id)).toContain(made.id);
  expect(await listed(plural, { details: true })).not.toEqual([]);
  expect(await sdk(`update_${word}`, made.id, change)).toMatchObject(change);
  const patch = [{ op: 'add', path: '/extra', value: { c: 'd' } }];
  expect(await sdk(`patch_${word}`, made.id, patch)).toMatchObject({ extra: { c: 'd' } });
  await sdk(`delete_${word}`, made.id);
  await expect(sdk(`get_${word}`, made.id)).rejects.toThrow(/404/);
});

test('runbooks, with their traits', async () => {
  const order = [{ interface: 'bios', step: 'factory_reset', args: {}, order: 1 }];
  const made = await sdk('create_runbook', { name: 'CUSTOM_BOOK', steps: order });
  expect(await sdk('update_runbook', made.id, { name: 'CUSTOM_BOOK2' })).toMatchObject({ name: 'CUSTOM_BOOK2' });
  expect(await sdk('patch_runbook', made.id, [{ op: 'add', path: '/public', value: true }])).toMatchObject({
    public: true,
  });
  await sdk('set_runbook_traits', made.id, ['CUSTOM_A', 'CUSTOM_B']);
  await sdk('add_runbook_trait', made.id, 'CUSTOM_C');
  await sdk('remove_runbook_trait', made.id, 'CUSTOM_A');
  expect((await sdk<{ traits: string[] }>('get_runbook', made.id)).traits.sort()).toEqual(['CUSTOM_B', 'CUSTOM_C']);
  expect((await listed('runbooks')).map((runbook) => runbook.id)).toContain(made.id);
  await sdk('delete_runbook', made.id);
});

test('inspection rules', async () => {
  const actions = [{ op: 'set-attribute', args: { path: '/description', value: 'found' } }];
  const conditions = [{ op: 'is-true', args: { value: '{node.auto_discovered}' } }];
  const made = await sdk('create_inspection_rule', { actions, conditions, priority: 5, description: 'one' });
  expect(await sdk('get_inspection_rule', made.id)).toMatchObject({ priority: 5 });
  expect(await sdk('update_inspection_rule', made.id, { priority: 6 })).toMatchObject({ priority: 6 });
  const patch = [{ op: 'replace', path: '/description', value: 'two' }];
  expect(await sdk('patch_inspection_rule', made.id, patch)).toMatchObject({ description: 'two' });
  expect(await listed('inspection_rules')).toHaveLength(1);
  await sdk('delete_inspection_rule', made.id);
});

test('drivers and conductors', async () => {
  expect((await listed('drivers')).map((driver) => driver.name)).toEqual([
    'fake-hardware',
    'ipmi',
    'manual-management',
  ]);
  expect((await listed('drivers', { details: true }))[0]).toHaveProperty('enabled_power_interfaces');
  expect(await sdk('get_driver', 'ipmi')).toMatchObject({ name: 'ipmi', default_power_interface: 'ipmitool' });
  expect(await sdk('list_driver_vendor_passthru', 'fake-hardware')).toEqual({});
  expect((await listed('conductors'))[0]).toMatchObject({ hostname: 'site', alive: true });
  expect(await sdk('get_conductor', 'site')).toMatchObject({ hostname: 'site' });
});
