// What the world is told of the work, in the order in which it happens.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readHappenings } from '#db/happenings.ts';
import { type Bench, by, conductorBench } from '../../test/setup/conductor.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await conductorBench();
});
afterEach(() => bench.close());

const told = async () => readHappenings(bench.db.read, 0, 1000);
const go = (node: string, event: string, args = {}) => bench.orders.provision({ node, event, args, by });

test('a changed field is told with its name and who changed it', async () => {
  const { uuid } = await bench.enroll();
  await bench.orders.updateNode({ node: uuid, changes: { description: 'in the cellar' }, by });
  const [change] = (await told()).filter((h) => h.kind === 'node.updated');
  expect(change).toMatchObject({ node_uuid: uuid, body: { fields: ['description'], by } });
});

test('a deployment is told from its beginning, step by step, to its end', async () => {
  const { uuid } = await bench.enroll();
  for (const event of ['manage', 'provide', 'deploy']) {
    await go(uuid, event);
    await bench.rest(uuid);
  }
  const kinds = (await told())
    .filter((h) => ['flow.started', 'step.started', 'step.ended', 'flow.ended'].includes(h.kind))
    .filter((h) => h.body.flow === 'deployment' || h.body.flow === 'deploy')
    .map((h) => (h.body.step ? `${h.kind} ${h.body.step}` : h.kind));
  expect(kinds).toEqual(['flow.started', 'step.started deploy', 'step.ended deploy', 'flow.ended']);
});

test('a ramdisk that calls for the first time is told as agent.arrived, with its address', async () => {
  const { uuid } = await bench.enroll();
  await bench.db.write((tx) =>
    tx
      .updateTable('nodes')
      .set({ provision_state: 'clean hold', driver_internal_info: { agent_secret_token: 't'.repeat(43) } })
      .where('uuid', '=', uuid)
      .execute(),
  );
  const heartbeat = (agent_token: string) =>
    bench.orders.heartbeat({
      node: uuid,
      callback_url: 'https://192.0.2.7:9999',
      agent_version: '13.0.0',
      agent_token,
      agent_verify_ca: undefined,
      agent_status: undefined,
      agent_status_message: undefined,
      by,
    });
  await expect(heartbeat('another')).rejects.toThrow(/agent_token is not the one/);
  await heartbeat('t'.repeat(43));
  await heartbeat('t'.repeat(43));
  const arrivals = (await told()).filter((h) => h.kind === 'agent.arrived');
  expect(arrivals).toHaveLength(1);
  expect(arrivals[0]).toMatchObject({ node_uuid: uuid, body: { url: 'https://192.0.2.7:9999', version: '13.0.0' } });
});

test('work after the answer that fails is noted in the history and told', async () => {
  const { uuid } = await bench.enroll();
  const order = {
    node: uuid,
    device_type: 'cdrom',
    image_url: 'http://192.0.2.8/x.iso',
    image_download_source: 'http',
  };
  await bench.orders.attachMedia({ ...order, by });
  expect((await bench.rest(uuid)).last_error).toMatch(/media/i);
  const noted = (await told()).filter((h) => h.kind === 'node.noted');
  expect(noted).toHaveLength(1);
  expect(noted[0]).toMatchObject({ node_uuid: uuid, body: { severity: 'ERROR' } });
});
