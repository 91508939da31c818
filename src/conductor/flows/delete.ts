// active -> deleting -> cleaning: the instance goes, the machine stays. (reference: conductor.md I)
import { explain } from '#base/errors.ts';
import { NodeProtected } from '#contract/errors.ts';
import { planKeys, without, withoutAgent } from '#model/internal-info.ts';
import { stopConsole } from '../console.ts';
import { move } from '../move.ts';
import type { HeldTask } from '../task.ts';
import { clean } from './clean.ts';
import type { Flow } from './flow.ts';

async function begin(task: HeldTask): Promise<void> {
  try {
    await stopConsole(task);
    await task.driver.rescue.cleanUp?.(task); // a machine may be torn down out of its rescue
    await task.driver.deploy.cleanUp(task);
    await task.driver.deploy.tearDown(task);
    for (const vif of await task.driver.network.listVifs(task)) await task.driver.network.detachVif(task, vif.id);
    await task.house.images.cleanUp(task.node.uuid);
    if (task.node.allocation_uuid) await task.dropAllocation(task.node.allocation_uuid);
  } catch (error) {
    return fail(task, error);
  }
  await move(task, 'clean', {
    changes: withoutInstance(task),
    also: [{ kind: 'flow.ended', node: task.node.uuid, flow: 'unprovision', ok: true }],
  });
  await clean.begin(task);
}

function withoutInstance(task: HeldTask) {
  const { automatic_lessee, is_whole_disk_image, is_source_a_path, root_uuid_or_disk_id, ...info } = withoutAgent(
    without(task.info, planKeys),
  );
  return {
    instance_info: {},
    instance_uuid: null,
    instance_name: null,
    allocation_uuid: null,
    deploy_step: {},
    driver_internal_info: info,
    last_error: null,
    ...(automatic_lessee && { lessee: null }),
  };
}

async function fail(task: HeldTask, error: unknown): Promise<void> {
  if (task.signal.aborted) throw error;
  const why = `Tear down failed: ${explain(error)}`;
  await move(task, 'fail', { changes: { ...withoutInstance(task), last_error: why }, error: why });
}

export const tearDown: Flow = {
  nameOf: () => 'unprovision',
  async accept(task) {
    const { node } = task;
    if (node.protected) throw new NodeProtected({ node: node.uuid, op: 'tear down', reason: node.protected_reason });
    await task.driver.power.validate?.(task);
    return {
      changes: { last_error: null },
      also: [{ kind: 'flow.started', node: node.uuid, flow: 'unprovision' }],
    };
  },
  begin,
  resume: begin,
  fail,
};
