// manageable -> inspecting -> manageable: what is in the machine? (reference: conductor.md L99-103)
import { explain } from '#base/errors.ts';
import type { Config } from '#config/schema.ts';
import { makeOfFindings } from '../inspection/make-of-findings.ts';
import { move } from '../move.ts';
import type { HeldTask } from '../task.ts';
import type { Flow } from './flow.ts';

const inspectorHooks = { option: '[inspector]hooks', of: (config: Config) => config.inspector.hooks };

async function begin(task: HeldTask): Promise<void> {
  const { inspect: face } = task.driver; // the rules may change the driver
  try {
    const outcome = await face.inspect(task);
    if (outcome.is === 'wait')
      return await move(task, 'wait', {
        waitsFor: outcome.for,
        withinSeconds: outcome.withinSeconds ?? task.config.conductor.inspect_wait_timeout,
      });
    if ('found' in outcome) {
      const { option, of } = face.hooks ?? inspectorHooks;
      const { inventory, plugin_data } = outcome.found;
      await makeOfFindings(task, { inventory, plugin_data: { ...plugin_data } }, of(task.config), option);
    }
    await move(task, 'done', { changes: { last_error: null } });
  } catch (error) {
    await fail(task, error);
  }
}

async function fail(task: HeldTask, error: unknown, how: { event?: 'fail' | 'abort' } = {}): Promise<void> {
  if (task.signal.aborted) throw error;
  const why = `Inspection failed: ${explain(error)}`;
  if (task.node.provision_state === 'inspect wait' || task.info.inspection_booted) await putAway(task);
  await move(task, how.event ?? 'fail', { changes: { last_error: why }, error: why });
}

/** The machine is not waited for any longer: what was made to boot its ramdisk goes. */
async function putAway(task: HeldTask): Promise<void> {
  try {
    await task.driver.inspect.abort?.(task);
  } catch (error) {
    if (task.signal.aborted) throw error;
    task.log.warn({ err: error }, 'putting things away after an inspection that came to nothing failed');
  }
}

export const inspect: Flow = {
  nameOf: () => 'inspection',
  async accept(task) {
    await task.driver.power.validate?.(task);
    await task.driver.inspect.validate?.(task);
    return { changes: { last_error: null, driver_internal_info: task.noted({ agent_secret_token: undefined }) } };
  },
  begin,
  resume: begin,
  fail,
};
