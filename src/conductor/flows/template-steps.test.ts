import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDeployTemplate } from '#db/deploy-templates.ts';
import { readHappenings } from '#db/happenings.ts';
import { addTrait } from '#db/node-traits.ts';
import type { NodeRow } from '#db/schema.ts';
import { type Bench, by, conductorBench } from '../../../test/setup/conductor.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await conductorBench();
  const steps = [
    { interface: 'power', step: 'power_on', args: {}, priority: 120 },
    { interface: 'management', step: 'reboot', args: {}, priority: 50 },
  ];
  await bench.db.write((tx) => createDeployTemplate(tx, { name: 'CUSTOM_FAST', steps: steps as never }));
});
afterEach(() => bench.close());

async function deployed(instance_info: NodeRow['instance_info'], deploy_steps: readonly object[] = []) {
  const { uuid } = await bench.enroll({ provision_state: 'available', instance_info });
  await bench.db.write((tx) => addTrait(tx, uuid, 'CUSTOM_FAST'));
  await bench.orders.provision({ node: uuid, event: 'deploy', args: { deploy_steps }, by });
  expect(await bench.rest(uuid)).toMatchObject({ provision_state: 'active', last_error: null });
  const told = await readHappenings(bench.db.read, 0, 1000);
  return told.filter((h) => h.kind === 'step.started' && h.node_uuid === uuid).map((h) => h.body.step);
}

test('the steps of a template join those of the driver by their priority', async () => {
  expect(await deployed({ traits: ['CUSTOM_FAST'] })).toEqual(['power_on', 'deploy', 'reboot']);
});

test('without its trait a template has no part in a deployment', async () => {
  expect(await deployed({})).toEqual(['deploy']);
});

test('a step that was asked for goes before the same step of a template', async () => {
  const asked = [{ interface: 'management', step: 'reboot', args: {}, priority: 0 }];
  expect(await deployed({ traits: ['CUSTOM_FAST'] }, asked)).toEqual(['power_on', 'deploy']);
});

test.each([[['CUSTOM_OTHER']], ['CUSTOM_FAST'], [[5]]])('the traits %j are refused', async (traits) => {
  await expect(deployed({ traits })).rejects.toThrow(/instance_info\/traits/);
});
