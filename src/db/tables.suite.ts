// Every other table: a row comes back as written, is found, changed, listed, deleted; and what is special to it.
import { expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import * as errors from '#contract/errors.ts';
import type { OpenFresh } from '../../test/setup/databases.ts';
import * as allocations from './allocations.ts';
import { biosSettingBy, biosSettingsOf, replaceBiosSettings } from './bios-settings.ts';
import { addBootEvents, bootEventsKept, bootEventsOf } from './boot-events.ts';
import * as chassis from './chassis.ts';
import * as conductors from './conductors.ts';
import * as templates from './deploy-templates.ts';
import { allLeases, claimLease, declineLease, expireLease, leasesOfMac, pruneLeases } from './dhcp-leases.ts';
import { leaveDuty, takeDuty } from './duties.ts';
import { firmwareOf, keepFirmware, saveFirmware } from './firmware-components.ts';
import * as rules from './inspection-rules.ts';
import { instanceId } from './meta.ts';
import { addHistory, historyBy, listHistory, pruneHistory } from './node-history.ts';
import { deleteInventory, inventoryOf, saveInventory } from './node-inventory.ts';
import * as traits from './node-traits.ts';
import { addNode } from './nodes.suite.ts';
import { nodeBy, saveNode } from './nodes.ts';
import * as callbacks from './nova-callbacks.ts';
import * as portgroups from './portgroups.ts';
import * as ports from './ports.ts';
import * as runbooks from './runbooks.ts';
import * as connectors from './volume-connectors.ts';
import * as targets from './volume-targets.ts';

const mac = (n: number) => `52:54:00:00:00:${n.toString(16).padStart(2, '0')}`;

export function tablesSuite(openFresh: OpenFresh): void {
  test('ports: defaults, changes, filters, duplicates', async () => {
    const clock = new ManualClock(10);
    const db = await openFresh(clock);
    const one = await addNode(db, { shard: 's', conductor_group: 'g', owner: 'p' });
    const two = await addNode(db);
    const port = await db.write((tx) =>
      ports.createPort(tx, { node_uuid: one.uuid, address: mac(1), name: 'eth0', description: 'Uplink' }),
    );
    await db.write((tx) => ports.createPort(tx, { node_uuid: two.uuid, address: mac(2) }));
    expect(port).toMatchObject({ pxe_enabled: true, is_smartnic: false, local_link_connection: {}, created_at: 10 });
    clock.advance(5);
    const changes = { local_link_connection: { port_id: 'e1' }, pxe_enabled: false };
    const saved = await db.write((tx) => ports.savePort(tx, port.uuid, changes));
    expect(saved).toEqual({ ...port, ...changes, updated_at: 15 });
    expect(await ports.portBy(db.read, 'eth0')).toEqual(saved);
    expect(await ports.portByMac(db.read, mac(1).toUpperCase())).toEqual(saved);
    for (const filter of [
      { node_uuid: one.uuid },
      { address: mac(1) },
      { shard: ['s'] },
      { conductor_groups: ['G'] },
      { project: 'p' },
      { description_contains: 'link' },
    ])
      expect([filter, (await ports.listPorts(db.read, filter)).map((row) => row.name)]).toEqual([filter, ['eth0']]);
    expect(await ports.listPorts(db.read, {}, { sortKey: 'address', sortDir: 'desc', limit: 1 })).toHaveLength(1);
    const same = db.write((tx) => ports.createPort(tx, { node_uuid: two.uuid, address: mac(1) }));
    await expect(same).rejects.toSatisfy(errors.MACAlreadyExists.is);
    await db.write((tx) => ports.deletePort(tx, port.uuid));
    await expect(ports.portBy(db.read, port.uuid)).rejects.toSatisfy(errors.PortNotFound.is);
    await expect(db.write((tx) => ports.savePort(tx, port.uuid, {}))).rejects.toSatisfy(errors.PortNotFound.is);
  });

  test('port groups go only when empty, but with their node', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    const group = await db.write((tx) => portgroups.createPortgroup(tx, { node_uuid: uuid, address: mac(9) }));
    expect(group).toMatchObject({ standalone_ports_supported: true, dynamic_portgroup: false, properties: {} });
    const port = { node_uuid: uuid, address: mac(1), portgroup_uuid: group.uuid };
    await db.write((tx) => ports.createPort(tx, port));
    expect(await portgroups.listPortgroups(db.read, { address: mac(9) })).toEqual([group]);
    const gone = db.write((tx) => portgroups.deletePortgroup(tx, group.uuid));
    await expect(gone).rejects.toSatisfy(errors.PortgroupNotEmpty.is);
    const { deleteNode } = await import('./nodes.ts');
    await db.write((tx) => deleteNode(tx, uuid, 'unguarded'));
    expect(await portgroups.portgroupsOfNode(db.read, uuid)).toEqual([]);
  });

  test('a chassis goes only when no node stands in it', async () => {
    const db = await openFresh();
    const { uuid } = await db.write((tx) => chassis.createChassis(tx, { description: 'rack', extra: { row: 3 } }));
    const node = await addNode(db, { chassis_uuid: uuid });
    await expect(db.write((tx) => chassis.deleteChassis(tx, uuid))).rejects.toSatisfy(errors.ChassisNotEmpty.is);
    await db.write((tx) => saveNode(tx, node.uuid, { chassis_uuid: null }, 'unguarded'));
    await db.write((tx) => chassis.deleteChassis(tx, uuid));
    expect(await chassis.listChassis(db.read)).toEqual([]);
  });

  test('an allocation finds the nodes that are fit and free, and leaves no trace on its node', async () => {
    const db = await openFresh();
    const fit = { resource_class: 'big', provision_state: 'available', power_state: 'power off' };
    const good = await addNode(db, { name: 'good', ...fit });
    const plain = await addNode(db, { name: 'plain', ...fit, owner: 'p' });
    await addNode(db, { name: 'other class', ...fit, resource_class: 'small' });
    await addNode(db, { name: 'taken', ...fit, instance_uuid: newUuid() });
    await addNode(db, { name: 'power unknown', ...fit, power_state: null });
    await addNode(db, { name: 'maintenance', ...fit, maintenance: true });
    await db.write((tx) => traits.setTraits(tx, good.uuid, ['CUSTOM_A', 'CUSTOM_B']));
    await db.write((tx) => traits.setTraits(tx, plain.uuid, ['CUSTOM_A']));
    const wanted = { resource_class: 'big', traits: [], candidate_nodes: [] };
    const found = async (more: object) =>
      (await allocations.nodesForAllocation(db.read, { ...wanted, ...more })).map((node) => node.name);
    expect(await found({})).toEqual(['good', 'plain']);
    expect(await found({ traits: ['CUSTOM_A', 'CUSTOM_B'] })).toEqual(['good']);
    expect(await found({ candidate_nodes: [plain.uuid, newUuid()] })).toEqual(['plain']);
    expect(await found({ owner: 'p' })).toEqual(['plain']);

    const row = { ...wanted, name: 'a1', state: 'allocating', traits: ['CUSTOM_A'] };
    const made = await db.write((tx) => allocations.createAllocation(tx, row));
    expect(made).toMatchObject({ traits: ['CUSTOM_A'], candidate_nodes: [], extra: {}, node_uuid: null });
    await db.write(async (tx) => {
      await allocations.saveAllocation(tx, made.uuid, { node_uuid: good.uuid, state: 'active' });
      await saveNode(tx, good.uuid, { allocation_uuid: made.uuid, instance_uuid: made.uuid }, 'unguarded');
    });
    expect(await allocations.listAllocations(db.read, { node_uuid: good.uuid, state: 'active' })).toHaveLength(1);
    await db.write((tx) => allocations.deleteAllocation(tx, made.uuid));
    expect((await nodeBy(db.read, good.uuid)).allocation_uuid).toBeNull();
  });

  test('deploy templates and runbooks keep their steps in order', async () => {
    const db = await openFresh();
    const steps = [
      { interface: 'raid', step: 'b', args: {}, priority: 5 },
      { interface: 'bios', step: 'a', args: { x: [1] }, priority: 9 },
    ];
    const template = await db.write((tx) => templates.createDeployTemplate(tx, { name: 'CUSTOM_X', steps }));
    expect((await templates.deployTemplateBy(db.read, 'CUSTOM_X')).steps).toEqual(steps);
    expect(await templates.deployTemplatesNamed(db.read, ['CUSTOM_X', 'CUSTOM_Y'])).toEqual([template]);
    const again = db.write((tx) => templates.createDeployTemplate(tx, { name: 'CUSTOM_X', steps }));
    await expect(again).rejects.toSatisfy(errors.DeployTemplateDuplicateName.is);

    const book = await db.write((tx) => runbooks.createRunbook(tx, { name: 'r', steps, owner: 'p' }));
    expect(book).toMatchObject({ public: false, disable_ramdisk: false, traits: [] });
    await db.write((tx) => runbooks.createRunbook(tx, { name: 'all', steps, public: true }));
    await db.write((tx) => runbooks.createRunbook(tx, { name: 'hidden', steps, owner: 'q' }));
    const seen = await runbooks.listRunbooks(db.read, { project: 'p' });
    expect(seen.map((row) => row.name)).toEqual(['r', 'all']);
    await db.write((tx) => runbooks.addRunbookTrait(tx, book.uuid, 'CUSTOM_T'));
    await db.write((tx) => runbooks.addRunbookTrait(tx, book.uuid, 'CUSTOM_T'));
    expect((await runbooks.runbookBy(db.read, 'r')).traits).toEqual(['CUSTOM_T']);
    await db.write((tx) => runbooks.removeRunbookTrait(tx, book.uuid, 'CUSTOM_T'));
    const missing = db.write((tx) => runbooks.removeRunbookTrait(tx, book.uuid, 'CUSTOM_T'));
    await expect(missing).rejects.toSatisfy(errors.RunbookTraitNotFound.is);
  });

  test('inspection rules of a phase come by priority', async () => {
    const db = await openFresh();
    const rule = (priority: number, phase?: string) => ({
      actions: [{ op: 'log', args: ['x'] }],
      priority,
      ...(phase && { phase }),
    });
    for (const [priority, phase] of [[1], [9], [5, 'early']] as [number, string?][])
      await db.write((tx) => rules.createInspectionRule(tx, rule(priority, phase)));
    expect((await rules.inspectionRulesOf(db.read, 'main')).map((row) => row.priority)).toEqual([9, 1]);
    expect(await db.write((tx) => rules.deleteInspectionRules(tx))).toBe(3);
  });

  test('traits are a set', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    await db.write((tx) => traits.setTraits(tx, uuid, ['B', 'A', 'B']));
    await db.write((tx) => traits.addTrait(tx, uuid, 'A'));
    expect(await traits.traitsOf(db.read, uuid)).toEqual(['A', 'B']);
    await db.write((tx) => traits.removeTrait(tx, uuid, 'A'));
    const gone = db.write((tx) => traits.removeTrait(tx, uuid, 'A'));
    await expect(gone).rejects.toSatisfy(errors.NodeTraitNotFound.is);
    expect(await traits.traitsOfNodes(db.read, [uuid, newUuid()])).toEqual(new Map([[uuid, ['B']]]));
  });

  test('history is kept per node, and the oldest beyond the number kept goes', async () => {
    const clock = new ManualClock(0);
    const db = await openFresh(clock);
    const [one, two] = [await addNode(db), await addNode(db)];
    for (let n = 0; n < 5; n++) {
      clock.advance(10);
      const line = { node_uuid: one.uuid, severity: 'ERROR', event: `e${n}`, user: 'u', project: 'p' };
      await db.write((tx) => addHistory(tx, line));
    }
    await db.write((tx) => addHistory(tx, { node_uuid: two.uuid, severity: 'INFO' }));
    const [first] = await listHistory(db.read, one.uuid);
    expect(await historyBy(db.read, one.uuid, first!.uuid)).toEqual(first);
    await expect(historyBy(db.read, two.uuid, first!.uuid)).rejects.toSatisfy(errors.NodeHistoryNotFound.is);
    expect(await db.write((tx) => pruneHistory(tx, 2, 25, 100))).toBe(2);
    expect((await listHistory(db.read, one.uuid)).map((line) => line.event)).toEqual(['e2', 'e3', 'e4']);
    expect(await db.write((tx) => pruneHistory(tx, 2, 1000, 100))).toBe(1);
    expect(await listHistory(db.read, two.uuid)).toHaveLength(1);
  });

  test('an inventory replaces the one before', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    await expect(inventoryOf(db.read, uuid)).rejects.toSatisfy(errors.NodeInventoryNotFound.is);
    await db.write((tx) => saveInventory(tx, uuid, { cpu: 1 }, {}));
    await db.write((tx) => saveInventory(tx, uuid, { cpu: 2 }, { lldp: [] }));
    expect(await inventoryOf(db.read, uuid)).toMatchObject({ inventory_data: { cpu: 2 }, plugin_data: { lldp: [] } });
    await db.write((tx) => deleteInventory(tx, uuid));
    await expect(inventoryOf(db.read, uuid)).rejects.toSatisfy(errors.NodeInventoryNotFound.is);
  });

  test('BIOS settings become those that were read, and how they differed is told', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    const set = (settings: { name: string; value: string; read_only?: boolean; allowable_values?: string[] }[]) =>
      db.write((tx) => replaceBiosSettings(tx, uuid, settings));
    const a = { name: 'a', value: '1', read_only: true, allowable_values: ['1', '2'] };
    await set([a, { name: 'b', value: '1' }, { name: 'c', value: '1' }]);
    const told = await set([a, { name: 'b', value: '2' }, { name: 'd', value: '1' }]);
    expect(told).toEqual({ created: ['d'], changed: ['b'], removed: ['c'] });
    expect(await biosSettingBy(db.read, uuid, 'a')).toMatchObject({ ...a, unique: null, updated_at: null });
    expect((await biosSettingsOf(db.read, uuid)).map((row) => row.value)).toEqual(['1', '2', '1']);
    await expect(biosSettingBy(db.read, uuid, 'c')).rejects.toSatisfy(errors.BIOSSettingNotFound.is);
  });

  test('the first version of a firmware component is remembered', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    await db.write((tx) => saveFirmware(tx, uuid, { component: 'bmc', current_version: '1' }));
    await db.write((tx) => saveFirmware(tx, uuid, { component: 'bmc', current_version: '2', vendor: 'V' }));
    await db.write((tx) => saveFirmware(tx, uuid, { component: 'bios', current_version: '7' }));
    expect(await firmwareOf(db.read, uuid)).toMatchObject([
      { component: 'bios', initial_version: '7' },
      { component: 'bmc', initial_version: '1', current_version: '2', vendor: 'V' },
    ]);
    await db.write((tx) => keepFirmware(tx, uuid, ['bmc']));
    expect(await firmwareOf(db.read, uuid)).toHaveLength(1);
  });

  test('volumes are listed by node, and a connector or boot index is used once', async () => {
    const db = await openFresh();
    const { uuid: node_uuid } = await addNode(db, { lessee: 'p' });
    const connector = { node_uuid, type: 'iqn', connector_id: 'iqn.2026' };
    const target = { node_uuid, volume_type: 'iscsi', volume_id: 'v', boot_index: 0, properties: { lun: 1 } };
    await db.write((tx) => connectors.createVolumeConnector(tx, connector));
    const made = await db.write((tx) => targets.createVolumeTarget(tx, target));
    expect(made.properties).toEqual({ lun: 1 });
    const again = db.write((tx) => connectors.createVolumeConnector(tx, connector));
    await expect(again).rejects.toSatisfy(errors.VolumeConnectorTypeAndIdAlreadyExists.is);
    const index = db.write((tx) => targets.createVolumeTarget(tx, target));
    await expect(index).rejects.toSatisfy(errors.VolumeTargetBootIndexAlreadyExists.is);
    expect(await connectors.listVolumeConnectors(db.read, { project: 'p' })).toHaveLength(1);
    expect(await targets.listVolumeTargets(db.read, { node_uuid: newUuid() })).toEqual([]);
  });

  test('a conductor is on the list while it says so, with what it offers', async () => {
    const clock = new ManualClock(0);
    const db = await openFresh(clock);
    const offered = { hardware_type: 'ipmi', interface_type: 'power', interface_name: 'ipmitool', default: true };
    const host = { conductor_group: 'G', drivers: ['ipmi'], rpc_url: null, interfaces: [offered] };
    const join = (hostname: string) => db.write((tx) => conductors.registerConductor(tx, { hostname, ...host }));
    expect(await join('a')).toMatchObject({ hostname: 'a', conductor_group: 'g', drivers: ['ipmi'], online: true });
    await join('b');
    clock.advance(100);
    await join('a');
    expect(await conductors.hardwareInterfaces(db.read, ['a'])).toEqual([{ hostname: 'a', ...offered }]);
    expect((await conductors.livingConductors(db.read, 50)).map((row) => row.hostname)).toEqual(['a']);
    expect(await db.write((tx) => conductors.touchConductor(tx, 'b'))).toBe(true);
    expect(await conductors.livingConductors(db.read, 50)).toHaveLength(2);
    await db.write((tx) => conductors.retireConductor(tx, 'a'));
    expect((await conductors.livingConductors(db.read, 50)).map((row) => row.hostname)).toEqual(['b']);
    expect((await conductors.listConductors(db.read, { marker: 'a' })).map((row) => row.hostname)).toEqual(['b']);
    expect(await db.write((tx) => conductors.pruneConductors(tx, 1000, 1))).toEqual(['a']);
    expect(await db.write((tx) => conductors.touchConductor(tx, 'a'))).toBe(false);
    await expect(conductors.conductorBy(db.read, 'a')).rejects.toSatisfy(errors.ConductorNotFound.is);
  });

  test('of power states for one instance the newest is kept, and what is settled stays settled', async () => {
    const clock = new ManualClock(1000);
    const db = await openFresh(clock);
    const instance_uuid = newUuid();
    const queue = (happening_id: number, state: string) =>
      db.write((tx) => callbacks.queueCallback(tx, { instance_uuid, node_uuid: newUuid(), state, happening_id }));
    await queue(5, 'power on');
    await queue(4, 'power off');
    const [due] = await callbacks.dueCallbacks(db.read, 1000, 10);
    expect(due).toMatchObject({ state: 'power on', happening_id: 5, attempts: 0, since: 1000 });
    expect(await db.write((tx) => callbacks.postponeCallback(tx, due!, 1500, 'refused'))).toBe(true);
    expect(await callbacks.dueCallbacks(db.read, 1499, 10)).toEqual([]);
    expect(await callbacks.nextCallbackAt(db.read)).toBe(1500);
    expect(await callbacks.waitingCallbacks(db.read)).toEqual({ count: 1, oldest: 1000 });
    await queue(6, 'power off');
    expect(await db.write((tx) => callbacks.settleCallback(tx, due!, 'told'))).toBe(false);
    const [newer] = await callbacks.dueCallbacks(db.read, 1000, 10);
    expect(newer).toMatchObject({ state: 'power off', attempts: 0, last_error: null });
    expect(await callbacks.unsettledCallbacks(db.read, 10)).toHaveLength(1);
    expect(await db.write((tx) => callbacks.settleCallback(tx, newer!, 'told'))).toBe(true);
    await queue(6, 'power off');
    expect(await callbacks.waitingCallbacks(db.read)).toEqual({ count: 0, oldest: null });
    expect(await callbacks.unsettledCallbacks(db.read, 10)).toEqual([]);
    expect(await db.write((tx) => callbacks.pruneCallbacks(tx, 1001))).toBe(1);
  });

  test('the boot events of a node are bounded, and those of unknown nodes dropped', async () => {
    const db = await openFresh();
    const [one, two] = [await addNode(db), await addNode(db)];
    const event = (node: string, n: number) => ({ node, kind: 'tftp', at: n, detail: { n } });
    const many = Array.from({ length: bootEventsKept + 5 }, (_, n) => event(one.uuid, n));
    await db.write((tx) => addBootEvents(tx, [event(two.uuid, 0), event(newUuid(), 0), ...many]));
    await db.write((tx) => addBootEvents(tx, []));
    const kept = await bootEventsOf(db.read, one.uuid);
    expect(kept).toHaveLength(bootEventsKept);
    expect(kept[0]).toMatchObject({ kind: 'tftp', at: 5, detail: { n: 5 } });
    expect(await bootEventsOf(db.read, one.uuid, 200)).toHaveLength(5);
    expect(await bootEventsOf(db.read, two.uuid)).toHaveLength(1);
  });

  test('an address is leased to one machine until its lease has run out, and to nobody while it is declined', async () => {
    const db = await openFresh();
    const lease = (n: number, until: number, state = 'bound') => ({ address: '10.0.0.5', mac: mac(n), state, until });
    const claim = (n: number, until: number, now: number) =>
      db.write((tx) => claimLease(tx, 'eth1', lease(n, until), now));
    const both = await Promise.all([claim(0xa, 100, 0), claim(0xb, 100, 0)]);
    expect(both.filter((won) => won)).toHaveLength(1);
    const [winner, loser] = both[0] ? [0xa, 0xb] : [0xb, 0xa];
    expect(await claim(winner, 200, 50)).toBe(true);
    expect(await claim(loser, 300, 199)).toBe(false);
    expect(await claim(loser, 300, 200)).toBe(true);
    expect(await leasesOfMac(db.read, mac(winner))).toEqual([]);
    expect(await leasesOfMac(db.read, mac(loser).toUpperCase(), 'eth1')).toMatchObject([{ expires_at: 300 }]);
    expect(await leasesOfMac(db.read, mac(loser), 'eth2')).toEqual([]);
    await db.write((tx) => expireLease(tx, 'eth1', lease(loser, 0), 250));
    expect(await claim(winner, 400, 250)).toBe(true);
    await db.write((tx) => declineLease(tx, 'eth1', lease(winner, 500, 'declined')));
    expect(await claim(winner, 600, 450)).toBe(false);
    expect(await allLeases(db.read, 'eth1')).toMatchObject([{ state: 'declined', expires_at: 500 }]);
    expect(await db.write((tx) => pruneLeases(tx, 500))).toBe(0);
    expect(await db.write((tx) => pruneLeases(tx, 501))).toBe(1);
  });

  test('the id of the installation is made once', async () => {
    const db = await openFresh();
    const ids = await Promise.all([1, 2, 3].map(() => db.write((tx) => instanceId(tx))));
    expect(new Set(ids).size).toBe(1);
  });

  test('a duty is one host’s until it leaves it, or has not been heard of for long enough', async () => {
    const clock = new ManualClock(1000);
    const db = await openFresh(clock);
    const take = (host: string) => db.write((tx) => takeDuty(tx, 'nova', host, 100));
    expect(await Promise.all([take('one'), take('two')])).toContain(true);
    const [holder, other] = (await take('one')) ? ['one', 'two'] : ['two', 'one'];
    expect(await take(other!)).toBe(false);
    clock.advance(99);
    expect([await take(other!), await take(holder!)]).toEqual([false, true]);
    clock.advance(101);
    expect([await take(other!), await take(holder!)]).toEqual([true, false]);
    await db.write((tx) => leaveDuty(tx, 'nova', holder!));
    expect(await take(holder!)).toBe(false);
    await db.write((tx) => leaveDuty(tx, 'nova', other!));
    expect(await take(holder!)).toBe(true);
  });

  test('what nobody wants to be told any more is dropped, unless it is newer', async () => {
    const db = await openFresh(new ManualClock(1000));
    const instance_uuid = newUuid();
    const queue = (happening_id: number) =>
      db.write((tx) =>
        callbacks.queueCallback(tx, { instance_uuid, node_uuid: newUuid(), state: 'power on', happening_id }),
      );
    await queue(5);
    await db.write((tx) => callbacks.dropCallback(tx, { instance_uuid, happening_id: 5 }, 'off'));
    expect(await callbacks.instancesWaiting(db.read)).toEqual([instance_uuid]);
    await db.write((tx) => callbacks.dropCallback(tx, { instance_uuid, happening_id: 6 }, 'off'));
    expect(await callbacks.instancesWaiting(db.read)).toEqual([]);
    expect(await callbacks.unsettledCallbacks(db.read, 9)).toMatchObject([
      { settled_as: 'dropped', last_error: 'off' },
    ]);
    await queue(7);
    expect(await callbacks.nextCallbackAt(db.read)).toBe(1000);
    expect(await callbacks.nextCallbackAt(db.read, 1000)).toBeUndefined();
  });
}
