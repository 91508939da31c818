// `openstack baremetal` of PyPI: every verb from the states it is for, and what is asked of a node beside.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { saveInventory } from '#db/node-inventory.ts';
import type { Site } from '../setup/site.ts';
import { type Osc, openstack } from './osc.ts';
import type { OscBench } from './osc-bench.ts';

type Row = Record<string, unknown>;

/** Its tests in their order; `bench` is asked before the first. */
export function verbSuite(bench: () => OscBench): void {
  let bin: string;
  let site: Site;
  let osc: Osc;
  beforeAll(() => {
    ({ bin, site, osc } = bench());
  });

  /** A fake machine whose power is known, in `manageable` or `available`. */
  async function makeNode(name: string, state: 'enroll' | 'manageable' | 'available' = 'enroll'): Promise<string> {
    const node = await osc.json(`baremetal node create --driver fake-hardware --name ${name}`);
    await osc.run(`baremetal node power off ${name}`);
    if (state !== 'enroll') await drive('manage', name, 'manageable');
    if (state === 'available') await drive('provide', name, 'available');
    return node.uuid as string;
  }
  async function drive(verb: string, name: string, state: string, ...more: string[]): Promise<void> {
    await osc.run(`baremetal node ${verb} ${name}`, ...more);
    await site.until(name, state);
  }
  const steps = (...list: Row[]): string => JSON.stringify(list);

  describe('verbs', () => {
    test('manage, inspect, clean, provide, and back to manage', async () => {
      await makeNode('cycle');
      await drive('manage', 'cycle', 'manageable');
      await drive('inspect', 'cycle', 'manageable');
      expect(await osc.json('baremetal node show cycle --fields inspection_finished_at')).toEqual({
        inspection_finished_at: expect.any(String),
      });
      const settings = [{ name: 'ProcVirtualization', value: 'Enabled' }];
      const apply = { interface: 'bios', step: 'apply_configuration', args: { settings } };
      await drive('clean', 'cycle', 'manageable', '--clean-steps', steps(apply));
      expect(await osc.json<Row[]>('baremetal node bios setting list cycle')).toMatchObject([
        { name: 'ProcVirtualization', value: 'Enabled' },
      ]);
      expect(await osc.json('baremetal node bios setting show cycle ProcVirtualization')).toMatchObject({
        value: 'Enabled',
      });
      await drive('provide', 'cycle', 'available');
      await drive('manage', 'cycle', 'manageable');
    });

    test('clean and service by a runbook', async () => {
      await makeNode('booked', 'manageable');
      const book = steps({ interface: 'bios', step: 'factory_reset', args: {}, order: 1 });
      await osc.run('baremetal runbook create --name CUSTOM_RESET', '--steps', book);
      await osc.run('baremetal node trait add booked CUSTOM_RESET');
      await osc.run('baremetal runbook trait add CUSTOM_RESET CUSTOM_RESET');
      await drive('clean', 'booked', 'manageable', '--runbook', 'CUSTOM_RESET');
      expect(await osc.fails('baremetal node clean booked --runbook CUSTOM_NONE')).toContain('CUSTOM_NONE');
    });

    test('deploy, rebuild, rescue, unrescue, service, undeploy', async () => {
      await makeNode('worker', 'available');
      const configDrive = JSON.stringify({ meta_data: { hostname: 'worker' }, user_data: '#!/bin/sh\n' });
      await drive('deploy', 'worker', 'active', '--config-drive', configDrive);
      await drive('rebuild', 'worker', 'active', '--config-drive', configDrive);
      await drive('rescue', 'worker', 'rescue', '--rescue-password', 'let-me-in');
      await drive('unrescue', 'worker', 'active');
      const log = { interface: 'vendor', step: 'log_passthrough', args: {} };
      await drive('service', 'worker', 'active', '--service-steps', steps(log));
      await drive('undeploy', 'worker', 'available');
    });

    test('hold, unhold and abort', async () => {
      await makeNode('held', 'manageable');
      const reset = { interface: 'bios', step: 'factory_reset' };
      await drive(
        'clean',
        'held',
        'clean hold',
        '--clean-steps',
        steps({ interface: 'management', step: 'hold' }, reset),
      );
      await drive('unhold', 'held', 'manageable');
      await drive(
        'clean',
        'held',
        'clean hold',
        '--clean-steps',
        steps({ interface: 'management', step: 'hold' }, reset),
      );
      await drive('abort', 'held', 'clean failed');
      await drive('manage', 'held', 'manageable');
      await osc.run('baremetal node maintenance unset held');
    });

    test('adopt', async () => {
      await makeNode('foundling', 'manageable');
      await osc.run('baremetal node set foundling --instance-info image_source=http://127.0.0.1/image');
      await drive('adopt', 'foundling', 'active');
    });

    test('a verb that does not fit says so', async () => {
      await makeNode('idle');
      const said = await osc.fails('baremetal node deploy idle');
      expect(said).toContain('enroll');
      expect(said).toContain('400');
    });
  });

  test('power goes on, off and round, softly too', async () => {
    await makeNode('bulb', 'manageable');
    const power = async () => {
      await site.until('bulb', 'manageable');
      return (await site.node('bulb')).power_state;
    };
    for (const [words, state] of [
      ['power on', 'power on'],
      ['power off --soft', 'power off'],
      ['power on --power-timeout 10', 'power on'],
      ['reboot', 'power on'],
      ['reboot --soft', 'power on'],
      ['power off', 'power off'],
    ] as const) {
      await osc.run(`baremetal node ${words} bulb`);
      expect(await power(), words).toBe(state);
    }
  });

  test('maintenance is set and unset', async () => {
    await makeNode('sick');
    await osc.run('baremetal node maintenance set sick --reason', 'new fans');
    const state = () => osc.json('baremetal node show sick --fields maintenance maintenance_reason');
    expect(await state()).toEqual({ maintenance: true, maintenance_reason: 'new fans' });
    await osc.run('baremetal node maintenance unset sick');
    expect(await state()).toEqual({ maintenance: false, maintenance_reason: null });
  });

  test('the management interface is asked and told', async () => {
    await makeNode('board', 'manageable');
    await osc.run('baremetal node boot device set board pxe --persistent');
    expect(await osc.json('baremetal node boot device show board')).toMatchObject({ boot_device: 'pxe' });
    expect(await osc.json('baremetal node boot device show board --supported')).toMatchObject({
      supported_boot_devices: expect.stringContaining('pxe'),
    });
    expect(await osc.fails('baremetal node boot device set board wanboot')).toContain('wanboot');
    await osc.run('baremetal node inject nmi board');
    const validation = await osc.json<Row[]>('baremetal node validate board');
    expect(validation).toContainEqual(expect.objectContaining({ Interface: 'power', Result: true }));
  });

  test('what the fake machine cannot do is told: boot mode, secure boot', async () => {
    await makeNode('plain', 'manageable');
    const lastError = async () => String((await osc.json('baremetal node show plain --fields last_error')).last_error);
    for (const [words, what] of [
      ['boot mode set plain uefi', 'boot mode to uefi failed'],
      ['secure boot on plain', 'secure boot on failed'],
      ['secure boot off plain', 'secure boot off failed'],
    ]) {
      await osc.run(`baremetal node ${words}`);
      await expect.poll(lastError, { timeout: 20_000 }).toContain(what);
    }
  });

  test('consoles are enabled, shown and disabled', async () => {
    await makeNode('talker', 'manageable');
    const enabled = async () => (await osc.json('baremetal node console show talker')).console_enabled;
    await osc.run('baremetal node console enable talker');
    await expect.poll(enabled, { timeout: 20_000 }).toBe(true);
    await osc.run('baremetal node console disable talker');
    await expect.poll(enabled, { timeout: 20_000 }).toBe(false);
  });

  test('vifs are attached, listed and detached', async () => {
    const node = await makeNode('wired');
    await osc.run(`baremetal port create 52:54:00:00:02:01 --node ${node}`);
    await osc.run('baremetal node set wired --network-interface flat');
    const vif = '11111111-2222-4333-8444-555555555555';
    await osc.run(`baremetal node vif attach wired ${vif}`);
    expect(await osc.json<Row[]>('baremetal node vif list wired')).toEqual([{ id: vif }]);
    await osc.run(`baremetal node vif detach wired ${vif}`);
    expect(await osc.json<Row[]>('baremetal node vif list wired')).toEqual([]);
  });

  test('vendor methods are listed and called', async () => {
    await makeNode('vendor', 'manageable');
    expect(JSON.stringify(await osc.json<Row[]>('baremetal node passthru list vendor'))).toContain('third_method_sync');
    await osc.run('baremetal node passthru call vendor second_method --arg bar=kazoo');
    expect(await osc.fails('baremetal node passthru call vendor nothing')).toContain('nothing');
  });

  test('RAID wishes are set', async () => {
    await makeNode('arrays', 'manageable');
    const wish = { logical_disks: [{ size_gb: 100, raid_level: '1' }] };
    await osc.run('baremetal node set arrays --target-raid-config', JSON.stringify(wish));
    expect(await osc.json('baremetal node show arrays --fields target_raid_config')).toEqual({
      target_raid_config: wish,
    });
  });

  test('history is listed and one event is shown', async () => {
    await makeNode('past', 'manageable');
    const hold = steps({ interface: 'management', step: 'hold' });
    await drive('clean', 'past', 'clean hold', '--clean-steps', hold);
    await drive('abort', 'past', 'clean failed');
    const [event] = await osc.json<Row[]>('baremetal node history list past');
    expect(event).toMatchObject({ uuid: expect.any(String), event: expect.any(String) });
    expect(await osc.json(`baremetal node history get past ${event?.uuid}`)).toMatchObject({ uuid: event?.uuid });
  });

  test('firmware components are listed, and the inventory is saved', async () => {
    const node = await makeNode('parts', 'manageable');
    expect(await osc.json<Row[]>('baremetal node firmware list parts')).toEqual([]);
    const found = { cpu: { count: 8 }, memory: { physical_mb: 65536 } };
    await site.running.db.write((tx) => saveInventory(tx, node, found, { boot_interface: '52:54:00:00:00:01' }));
    const file = join(site.folder, 'inventory.json');
    await osc.run('baremetal node inventory save parts --file', file);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ inventory: found });
  });

  test('a machine behind an IPMI BMC is enrolled, deployed with a config drive, and given back', async () => {
    const [machine] = site.rack.descriptions;
    const { name, address, port, username, password } = machine!;
    const info = { ipmi_address: address, ipmi_port: port, ipmi_username: username, ipmi_password: password };
    const driverInfo = Object.entries(info).flatMap(([key, value]) => ['--driver-info', `${key}=${value}`]);
    const node = await osc.json(`baremetal node create --driver ipmi --name ${name}`, ...driverInfo);
    for (const mac of machine!.macs) await osc.run(`baremetal port create ${mac} --node ${node.uuid}`);
    await osc.run(
      `baremetal node set ${name}`,
      ...[
        '--instance-info',
        `image_source=${site.image.url}`,
        '--instance-info',
        `image_checksum=${site.image.sha256}`,
      ],
    );
    const cli = (words: string, ...more: string[]) => openstack(bin, site.running.url, words, ...more);
    await cli(`baremetal node manage ${name} --wait 60`);
    await drive('provide', name, 'available');
    const configDrive = JSON.stringify({ meta_data: { hostname: 'sim' }, user_data: '#cloud-config\n' });
    await cli(`baremetal node deploy ${name} --wait 120 --config-drive`, configDrive);
    expect(await osc.json(`baremetal node show ${name} --fields provision_state power_state`)).toEqual({
      provision_state: 'active',
      power_state: 'power on',
    });
    await drive('undeploy', name, 'available');
    await cli(`baremetal node delete ${name}`);
  });

  test('an older microversion shows an older service', async () => {
    await makeNode('old');
    const at = (version: string, words: string) =>
      openstack(bin, site.running.url, `--os-baremetal-api-version ${version} baremetal ${words}`);
    expect(JSON.parse(await at('1.50', 'node show old --fields name owner -f json'))).toEqual({
      name: 'old',
      owner: null,
    });
    expect(JSON.parse(await at('1.50', 'node show old -f json'))).not.toHaveProperty('shard');
    await expect(at('1.81', 'shard list')).rejects.toThrow('1.82');
  });
}
