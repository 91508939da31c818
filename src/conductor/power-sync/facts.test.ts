// What a BMC tells besides the power, when nothing is to be done about the power itself.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeManagement } from '#drivers/fake/management.ts';
import type { ManagementFace } from '#drivers/kinds.ts';
import { type Bench, conductorBench } from '../../../test/setup/conductor.ts';
import { type TinMachines, tinMachines } from '../../../test/setup/tin-machines.ts';
import { round } from '../ticks/power-sync.ts';
import { newPowerWatch } from './watch.ts';

type Told = Pick<ManagementFace, 'vendor' | 'bootMode' | 'secureBoot' | 'health'>;
const words = ['vendor', 'bootMode', 'secureBoot', 'health'] as const satisfies readonly (keyof Told)[];

let bench: Bench;
let machines: TinMachines;
let asked: string[];
const watch = newPowerWatch();

beforeEach(() => {
  machines = tinMachines();
  asked = [];
});

afterEach(async () => {
  for (const word of words) delete (fakeManagement as Told)[word];
  machines.restore();
  await bench.close();
});

/** From now on the BMC tells this; an Error is thrown. */
function tell(answers: { [W in (typeof words)[number]]?: unknown }): void {
  for (const [word, answer] of Object.entries(answers))
    (fakeManagement as unknown as Record<string, unknown>)[word] = async () => {
      asked.push(word);
      if (answer instanceof Error) throw answer;
      return answer;
    };
}

const active = () =>
  bench.enroll({ provision_state: 'active', power_state: 'power off', boot_mode: 'bios', properties: { cpus: 4 } });

test('who made the machine, how it boots and how it is are written down, once', async () => {
  bench = await conductorBench();
  tell({ vendor: 'Acme', bootMode: 'uefi', secureBoot: true, health: 'Warning' });
  const { uuid } = await active();
  await round(bench.conductor, watch, 0);
  const row = await bench.rest(uuid);
  expect(row).toMatchObject({
    properties: { cpus: 4, vendor: 'Acme' },
    boot_mode: 'uefi',
    secure_boot: true,
    health: 'Warning',
    power_state: 'power off',
  });
  await round(bench.conductor, watch, 0);
  expect((await bench.node(uuid)).revision).toBe(row.revision);
  expect(asked.filter((word) => word === 'vendor')).toHaveLength(1);
});

test('what the BMC does not tell, or fails to tell, stays as it is, and the look is a good one', async () => {
  bench = await conductorBench();
  tell({ vendor: null, bootMode: new Error('busy'), secureBoot: null, health: new Error('busy') });
  const { uuid, revision } = await active();
  const fresh = newPowerWatch();
  await round(bench.conductor, fresh, 0);
  expect(await bench.node(uuid)).toMatchObject({ boot_mode: 'bios', secure_boot: null, health: null, revision });
  expect(fresh.counts.verdicts.agree).toBe(1);
});

test('with enable_health_monitoring off nobody asks how the machine is, and with it on again somebody does', async () => {
  bench = await conductorBench({ sets: ['conductor.enable_health_monitoring=false'] });
  tell({ health: 'Critical' });
  const { uuid } = await active();
  await round(bench.conductor, watch, 0);
  expect(asked).toEqual([]);
  bench.conductor.config.conductor.enable_health_monitoring = true;
  await round(bench.conductor, watch, 0);
  expect(await bench.rest(uuid)).toMatchObject({ health: 'Critical' });
});

test('a node that is found silent is asked nothing more', async () => {
  bench = await conductorBench();
  tell({ bootMode: 'uefi', health: 'OK' });
  const { uuid } = await active();
  machines.faults.set(uuid, 'unreachable');
  await round(bench.conductor, watch, 0);
  expect(asked).toEqual([]);
});
