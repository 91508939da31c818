// `openstack baremetal` of PyPI: every resource is created, shown, listed, set, unset and deleted.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../setup/site.ts';
import type { Osc } from './osc.ts';
import type { OscBench } from './osc-bench.ts';

type Row = Record<string, unknown>;

/** Its tests in their order; `bench` is asked before the first. */
export function resourceSuite(bench: () => OscBench): void {
  let site: Site;
  let osc: Osc;
  beforeAll(() => {
    ({ site, osc } = bench());
  });

  const makeNode = async (name: string, ...more: string[]): Promise<string> => {
    const node = await osc.json('baremetal node create --driver fake-hardware', '--name', name, ...more);
    return node.uuid as string;
  };
  const namesOf = (rows: Row[], key = 'name') => rows.map((row) => row[key]);

  describe('nodes', () => {
    test('are created with what they are told', async () => {
      const words = '--resource-class baremetal --lessee bob --shard one --no-automated-clean';
      const node = await osc.json(
        `baremetal node create --driver fake-hardware --name full ${words} --boot-interface fake --network-interface noop`,
        ...['--property', 'memory_mb=65536', '--property', 'capabilities=boot_mode:uefi', '--extra', 'rack=7'],
        ...['--driver-info', 'a=b', '--description', 'in the corner', '--instance-name', 'guest'],
      );
      expect(node).toMatchObject({
        name: 'full',
        driver: 'fake-hardware',
        resource_class: 'baremetal',
        lessee: 'bob',
        shard: 'one',
        automated_clean: false,
        properties: { memory_mb: 65536, capabilities: 'boot_mode:uefi' },
        extra: { rack: 7 },
        driver_info: { a: 'b' },
        description: 'in the corner',
        instance_name: 'guest',
        provision_state: 'enroll',
      });
      expect(await osc.json('baremetal node show full --fields name lessee')).toEqual({ name: 'full', lessee: 'bob' });
    });

    test('are listed by page, by filter, with fields, and in detail', async () => {
      for (const name of ['list-1', 'list-2', 'list-3']) await makeNode(name);
      await osc.run('baremetal node set list-1 list-2 list-3 --owner lister');
      const list = (words = '') => osc.json<Row[]>(`baremetal node list --owner lister ${words}`.trim());
      expect(namesOf(await list('--sort name:desc'))).toEqual(['list-3', 'list-2', 'list-1']);
      const [first] = await list('--sort name:asc --limit 1');
      expect(namesOf(await list(`--sort name:asc --marker ${first?.uuid}`))).toEqual(['list-2', 'list-3']);
      expect(await list('--fields name driver --sort name --limit 1')).toEqual([
        { name: 'list-1', driver: 'fake-hardware' },
      ]);
      expect((await list('--long'))[0]).toHaveProperty('provision_state');
      for (const none of ['--maintenance', '--retired', '--associated', '--provision-state active', '--driver ipmi'])
        expect(await list(none)).toEqual([]);
      for (const all of ['--no-maintenance', '--no-retired', '--unassociated', '--conductor site', '--unsharded'])
        expect(await list(all)).toHaveLength(3);
      expect(await list('--description-contains corner')).toEqual([]);
      expect(namesOf(await osc.json<Row[]>('baremetal node list --shards one'))).toEqual(['full']);
      expect(await osc.json<Row[]>('baremetal shard list')).toEqual(
        expect.arrayContaining([{ name: 'one', count: 1 }]),
      );
    });

    test('are set and unset', async () => {
      await makeNode('change');
      const free = '--resource-class gold --retired --retired-reason old --conductor-group';
      await osc.run(
        `baremetal node set change ${free}`,
        '',
        ...['--extra', 'a=1', '--property', 'cpus=4', '--driver-info', 'x=y', '--instance-info', 'i=j'],
        ...['--name', 'changed', '--description', 'two words', '--raid-interface', 'no-raid', '--disable-power-off'],
      );
      const set = await osc.json('baremetal node show changed');
      expect(set).toMatchObject({
        resource_class: 'gold',
        retired: true,
        retired_reason: 'old',
        extra: { a: 1 },
        properties: { cpus: 4 },
        driver_info: { x: 'y' },
        instance_info: { i: 'j' },
        description: 'two words',
        raid_interface: 'no-raid',
        disable_power_off: true,
      });
      await osc.run(
        'baremetal node unset changed --resource-class --retired --retired-reason --description --raid-interface',
        ...['--extra', 'a', '--property', 'cpus', '--driver-info', 'x', '--instance-info', 'i'],
      );
      await osc.run('baremetal node set changed --enable-power-off');
      expect(await osc.json('baremetal node show changed')).toMatchObject({
        resource_class: null,
        retired: null,
        extra: {},
        properties: {},
        driver_info: {},
        instance_info: {},
        description: null,
        raid_interface: 'fake',
        disable_power_off: false,
      });
    });

    test('have children', async () => {
      const parent = await makeNode('parent');
      await makeNode('child', '--parent-node', 'parent');
      const child = await osc.json('baremetal node show child');
      expect(child.parent_node).toBe(parent);
      expect(JSON.stringify(await osc.json('baremetal node children list parent'))).toContain(child.uuid);
      const listed = namesOf(await osc.json<Row[]>('baremetal node list --include-children'));
      expect(listed).toContain('child');
      expect(namesOf(await osc.json<Row[]>('baremetal node list'))).not.toContain('child');
    });

    test('have traits', async () => {
      await makeNode('traits');
      const listed = async () => namesOf(await osc.json<Row[]>('baremetal node trait list traits'), 'traits').sort();
      await osc.run('baremetal node add trait traits CUSTOM_A CUSTOM_B');
      await osc.run('baremetal node trait add traits HW_CPU_X86_VMX');
      expect(await listed()).toEqual(['CUSTOM_A', 'CUSTOM_B', 'HW_CPU_X86_VMX']);
      await osc.run('baremetal node remove trait traits CUSTOM_A');
      expect(await listed()).toEqual(['CUSTOM_B', 'HW_CPU_X86_VMX']);
      await osc.run('baremetal node trait remove traits --all');
      expect(await listed()).toEqual([]);
      expect(await osc.fails('baremetal node add trait traits lower')).toContain('lower');
    });

    test('are deleted, several at once, and one that is missing is told', async () => {
      await makeNode('gone-1');
      await makeNode('gone-2');
      await osc.run('baremetal node delete gone-1 gone-2');
      expect(await osc.fails('baremetal node delete gone-1')).toMatch(/gone-1.*404/s);
      expect(await osc.fails('baremetal node show gone-1')).toContain('gone-1');
      expect(await osc.fails('baremetal node create --driver steam')).toContain('steam');
    });
  });

  test('ports are created, shown, listed, set, unset and deleted', async () => {
    const node = await makeNode('with-ports');
    const port = await osc.json(
      `baremetal port create 52:54:00:00:00:01 --node ${node} --name eth0 --pxe-enabled true --physical-network phys`,
      ...['--local-link-connection', 'switch_id=0a:1b:2c:3d:4e:5f', '--local-link-connection', 'port_id=Eth1'],
      ...['--extra', 'a=b', '--vendor', 'acme', '--category', 'fast', '--description', 'the first'],
    );
    expect(port).toMatchObject({
      node_uuid: node,
      address: '52:54:00:00:00:01',
      physical_network: 'phys',
      pxe_enabled: true,
      local_link_connection: { switch_id: '0a:1b:2c:3d:4e:5f', port_id: 'Eth1' },
      vendor: 'acme',
      category: 'fast',
    });
    const uuid = port.uuid as string;
    expect(await osc.json('baremetal port show --address 52:54:00:00:00:01 --fields uuid')).toEqual({ uuid });
    expect(await osc.json<Row[]>(`baremetal port list --node ${node}`)).toEqual([
      { uuid, address: '52:54:00:00:00:01' },
    ]);
    expect((await osc.json<Row[]>(`baremetal port list --node with-ports --long`))[0]).toHaveProperty('extra');
    await osc.run(`baremetal port set ${uuid} --address 52:54:00:00:00:02 --pxe-disabled --extra c=d --name eth1`);
    await osc.run(`baremetal port unset ${uuid} --extra a --physical-network --vendor --category --description`);
    expect(await osc.json(`baremetal port show ${uuid}`)).toMatchObject({
      address: '52:54:00:00:00:02',
      pxe_enabled: false,
      extra: { c: 'd' },
      name: 'eth1',
      physical_network: null,
      vendor: null,
    });
    expect(await osc.fails(`baremetal port create 52:54:00:00:00:02 --node ${node}`)).toMatch(
      /52:54:00:00:00:02.*409/s,
    );
    await osc.run(`baremetal port delete ${uuid}`);
    expect(await osc.json<Row[]>(`baremetal port list --node ${node}`)).toEqual([]);
  });

  test('port groups are created, shown, listed, set, unset and deleted', async () => {
    const node = await makeNode('with-groups');
    const group = await osc.json(
      `baremetal port group create --node ${node} --name bond0 --address 52:54:00:00:01:01 --mode 802.3ad`,
      ...['--property', 'miimon=100', '--extra', 'a=b', '--unsupport-standalone-ports'],
    );
    expect(group).toMatchObject({
      name: 'bond0',
      mode: '802.3ad',
      properties: { miimon: 100 },
      standalone_ports_supported: false,
    });
    await osc.run(
      `baremetal port create 52:54:00:00:01:02 --node ${node} --port-group ${group.uuid} --pxe-enabled false`,
    );
    expect(await osc.json<Row[]>('baremetal port list --port-group bond0')).toHaveLength(1);
    expect(await osc.json('baremetal port group show --address 52:54:00:00:01:01')).toMatchObject({ name: 'bond0' });
    expect(namesOf(await osc.json<Row[]>(`baremetal port group list --node ${node}`))).toEqual(['bond0']);
    await osc.run(`baremetal port group set bond0 --mode active-backup --support-standalone-ports --extra c=d`);
    await osc.run('baremetal port group unset bond0 --extra a --property miimon --address');
    expect(await osc.json('baremetal port group show bond0')).toMatchObject({
      mode: 'active-backup',
      standalone_ports_supported: true,
      extra: { c: 'd' },
      properties: {},
      address: null,
    });
    expect(await osc.fails('baremetal port group delete bond0')).toContain('holds ports');
    const [port] = await osc.json<Row[]>('baremetal port list --port-group bond0');
    await osc.run(`baremetal port delete ${port?.uuid}`);
    await osc.run('baremetal port group delete bond0');
  });

  test('chassis are created, shown, listed, set, unset and deleted', async () => {
    const chassis = await osc.json('baremetal chassis create --description row-4 --extra a=b');
    const uuid = chassis.uuid as string;
    await makeNode('in-chassis', '--chassis-uuid', uuid);
    expect(namesOf(await osc.json<Row[]>(`baremetal node list --chassis ${uuid}`))).toEqual(['in-chassis']);
    expect(namesOf(await osc.json<Row[]>('baremetal chassis list'), 'uuid')).toContain(uuid);
    await osc.run(`baremetal chassis set ${uuid} --description row-5 --extra c=d`);
    await osc.run(`baremetal chassis unset ${uuid} --extra a`);
    expect(await osc.json(`baremetal chassis show ${uuid}`)).toMatchObject({ description: 'row-5', extra: { c: 'd' } });
    expect(await osc.fails(`baremetal chassis delete ${uuid}`)).toContain(uuid);
    await osc.run('baremetal node unset in-chassis --chassis-uuid');
    await osc.run(`baremetal chassis delete ${uuid}`);
  });

  test('volume connectors and targets are created, shown, listed, set, unset and deleted', async () => {
    const node = await makeNode('with-volumes');
    await osc.run('baremetal node power off with-volumes');
    const connector = await osc.json(
      `baremetal volume connector create --node ${node} --type iqn --connector-id iqn.2020-01.org.example:a --extra a=b`,
    );
    const target = await osc.json(
      `baremetal volume target create --node ${node} --type iscsi --boot-index 0 --volume-id vol-1 --extra a=b`,
      ...['--property', 'target_iqn=iqn.2020-01.org.example:t'],
    );
    expect(target).toMatchObject({ volume_id: 'vol-1', properties: { target_iqn: 'iqn.2020-01.org.example:t' } });
    expect(namesOf(await osc.json<Row[]>(`baremetal volume connector list --node ${node}`), 'connector_id')).toEqual([
      'iqn.2020-01.org.example:a',
    ]);
    expect(await osc.json<Row[]>(`baremetal volume target list --node with-volumes --long`)).toHaveLength(1);
    await osc.run(`baremetal volume connector set ${connector.uuid} --connector-id iqn.2020-01.org.example:b`);
    await osc.run(`baremetal volume connector unset ${connector.uuid} --extra a`);
    await osc.run(`baremetal volume target set ${target.uuid} --volume-id vol-2 --boot-index 1`);
    await osc.run(`baremetal volume target unset ${target.uuid} --extra a --property target_iqn`);
    expect(await osc.json(`baremetal volume connector show ${connector.uuid}`)).toMatchObject({
      connector_id: 'iqn.2020-01.org.example:b',
      extra: {},
    });
    expect(await osc.json(`baremetal volume target show ${target.uuid}`)).toMatchObject({
      volume_id: 'vol-2',
      boot_index: 1,
      extra: {},
      properties: {},
    });
    await osc.run(`baremetal volume connector delete ${connector.uuid}`);
    await osc.run(`baremetal volume target delete ${target.uuid}`);
  });

  const steps = JSON.stringify([
    { interface: 'bios', step: 'apply_configuration', args: { settings: [] }, priority: 150 },
  ]);

  test('deploy templates are created, shown, listed, set, unset and deleted', async () => {
    const made = await osc.json('baremetal deploy template create CUSTOM_TUNED --extra a=b', '--steps', steps);
    expect(made).toMatchObject({ name: 'CUSTOM_TUNED', steps: JSON.parse(steps) });
    await osc.run('baremetal deploy template set CUSTOM_TUNED --name CUSTOM_FAST --extra c=d');
    await osc.run('baremetal deploy template unset CUSTOM_FAST --extra a');
    expect(await osc.json('baremetal deploy template show CUSTOM_FAST')).toMatchObject({ extra: { c: 'd' } });
    expect(namesOf(await osc.json<Row[]>('baremetal deploy template list --long'))).toContain('CUSTOM_FAST');
    await osc.run('baremetal deploy template delete CUSTOM_FAST');
    expect(await osc.json<Row[]>('baremetal deploy template list')).toEqual([]);
  });

  test('runbooks are created, shown, listed, set, unset and deleted, and have traits', async () => {
    const runbookSteps = JSON.stringify([{ interface: 'management', step: 'clear_job_queue', args: {}, order: 1 }]);
    const made = await osc.json(
      'baremetal runbook create --name CUSTOM_BOOK --description tidy',
      '--steps',
      runbookSteps,
    );
    expect(made).toMatchObject({ name: 'CUSTOM_BOOK', public: false, description: 'tidy' });
    await osc.run('baremetal runbook set CUSTOM_BOOK --name CUSTOM_NOVEL --public --extra c=d');
    expect(await osc.json('baremetal runbook show CUSTOM_NOVEL')).toMatchObject({ public: true, extra: { c: 'd' } });
    await osc.run('baremetal runbook unset CUSTOM_NOVEL --extra c --public --description');
    expect(await osc.json('baremetal runbook show CUSTOM_NOVEL')).toMatchObject({ public: false, extra: {} });
    expect(namesOf(await osc.json<Row[]>('baremetal runbook list'))).toContain('CUSTOM_NOVEL');
    await osc.run('baremetal runbook trait add CUSTOM_NOVEL CUSTOM_X CUSTOM_Y');
    await osc.run('baremetal runbook trait remove CUSTOM_NOVEL CUSTOM_X');
    expect(namesOf(await osc.json<Row[]>('baremetal runbook trait list CUSTOM_NOVEL'), 'traits')).toEqual(['CUSTOM_Y']);
    await osc.run('baremetal runbook trait remove CUSTOM_NOVEL --all');
    await osc.run('baremetal runbook delete CUSTOM_NOVEL');
  });

  test('inspection rules are created, shown, listed, set, unset and deleted', async () => {
    const conditions = JSON.stringify([{ op: 'is-true', args: { value: '{node.auto_discovered}' } }]);
    const actions = JSON.stringify([{ op: 'set-attribute', args: { path: '/description', value: 'found' } }]);
    const made = await osc.json(
      'baremetal inspection rule create --priority 10 --phase main',
      ...['--description', 'names what was found', '--conditions', conditions, '--actions', actions],
    );
    expect(made).toMatchObject({ priority: 10, phase: 'main', description: 'names what was found' });
    const uuid = made.uuid as string;
    await osc.run(`baremetal inspection rule set ${uuid} --priority 20`);
    await osc.run(`baremetal inspection rule unset ${uuid} --description`);
    expect(await osc.json(`baremetal inspection rule show ${uuid}`)).toMatchObject({ priority: 20, description: null });
    expect(namesOf(await osc.json<Row[]>('baremetal inspection rule list'), 'uuid')).toEqual([uuid]);
    await osc.run(`baremetal inspection rule delete ${uuid}`);
  });

  test('allocations are created, waited for, shown, listed, set, unset and deleted', async () => {
    const node = await makeNode('to-allocate', '--resource-class', 'allocatable');
    await osc.run('baremetal node trait add to-allocate CUSTOM_GPU');
    await osc.run('baremetal node power off to-allocate');
    for (const [verb, state] of [
      ['manage', 'manageable'],
      ['provide', 'available'],
    ] as const) {
      await osc.run(`baremetal node ${verb} to-allocate`);
      await site.until('to-allocate', state);
    }
    const made = await osc.json(
      'baremetal allocation create --resource-class allocatable --trait CUSTOM_GPU --name mine --extra a=b --wait 30',
    );
    expect(made).toMatchObject({ state: 'active', node_uuid: node, traits: ['CUSTOM_GPU'] });
    expect(await osc.json('baremetal node show to-allocate --fields allocation_uuid instance_uuid')).toEqual({
      allocation_uuid: made.uuid,
      instance_uuid: made.uuid,
    });
    await osc.run('baremetal allocation set mine --name ours --extra c=d');
    await osc.run('baremetal allocation unset ours --extra a');
    expect(await osc.json('baremetal allocation show ours')).toMatchObject({ extra: { c: 'd' } });
    expect(await osc.json<Row[]>('baremetal allocation list --resource-class allocatable --state active')).toHaveLength(
      1,
    );
    expect(await osc.fails('baremetal allocation create --resource-class allocatable --name none --wait 30')).toContain(
      'has resource class allocatable',
    );
    await osc.run('baremetal allocation delete ours none');
    expect(await osc.json('baremetal node show to-allocate --fields instance_uuid')).toEqual({ instance_uuid: null });
  });

  test('drivers and conductors are listed and shown', async () => {
    expect(namesOf(await osc.json<Row[]>('baremetal driver list'), 'name')).toEqual([
      'fake-hardware',
      'ipmi',
      'manual-management',
    ]);
    expect(await osc.json('baremetal driver show ipmi')).toMatchObject({
      name: 'ipmi',
      default_power_interface: 'ipmitool',
    });
    expect(namesOf(await osc.json<Row[]>('baremetal driver property list ipmi'), 'property')).toContain('ipmi_address');
    expect(await osc.json<Row[]>('baremetal driver raid property list fake-hardware')).not.toEqual([]);
    expect(await osc.json<Row[]>('baremetal driver passthru list fake-hardware')).toEqual([]);
    expect(await osc.fails('baremetal driver passthru call fake-hardware dance')).toContain('dance');
    expect((await osc.json<Row[]>('baremetal conductor list'))[0]).toMatchObject({ hostname: 'site', alive: true });
    expect(await osc.json('baremetal conductor show site')).toMatchObject({ hostname: 'site', alive: true });
  });

  test('a file of chassis, nodes, port groups and ports is enrolled', async () => {
    const file = join(site.folder, 'rack.json');
    const port = { address: '52:54:00:00:09:01' };
    const node = { name: 'of-a-file', driver: 'fake-hardware', portgroups: [{ name: 'bond-f', ports: [port] }] };
    await writeFile(file, JSON.stringify({ chassis: [{ description: 'filed', nodes: [node] }] }));
    await osc.run('baremetal create', file);
    const made = await osc.json('baremetal node show of-a-file');
    expect(made.chassis_uuid).toEqual(expect.any(String));
    expect(await osc.json(`baremetal port show --address ${port.address}`)).toMatchObject({ node_uuid: made.uuid });
  });
}
