// active -> servicing -> active: steps on a machine that stays its user's. (reference: conductor.md K)
import { explain } from '#base/errors.ts';
import { InvalidParameterValue, NodeInMaintenance } from '#contract/errors.ts';
import { planKeys, without, withoutAgent } from '#model/internal-info.ts';
import { type AskedStep, manualPlan } from '#model/steps.ts';
import { move } from '../move.ts';
import { planOf, stepFlows } from '../step-flows.ts';
import { offeredSteps, runSteps, StepFailed, wait } from '../steps.ts';
import type { HeldTask } from '../task.ts';
import type { Flow } from './flow.ts';
import { resumeSteps } from './resume.ts';

const facts = stepFlows.service;

async function begin(task: HeldTask): Promise<void> {
  try {
    await task.save(
      { service_step: {}, driver_internal_info: task.noted({ service_step_index: undefined, agent_url: undefined }) },
      { kind: 'flow.started', node: task.node.uuid, flow: 'servicing' },
    );
    if (needsRamdisk(task)) {
      const booted = await task.driver.deploy.prepareRamdiskFlow(task, 'service');
      if (booted.is === 'wait') return await wait(task, facts, booted);
    }
    await ramdiskBooted(task);
  } catch (error) {
    await fail(task, error);
  }
}

const needsRamdisk = (task: HeldTask): boolean =>
  !task.info.cleaning_disable_ramdisk && (planOf(task, facts) ?? []).some((s) => s.requires_ramdisk !== false);

async function ramdiskBooted(task: HeldTask): Promise<void> {
  try {
    const ramdisk = task.info.agent_url ? task.driver.deploy.ramdisk : undefined;
    const inBand = ramdisk ? await ramdisk.offered(task, 'service') : { steps: [], versions: {} };
    const plan = manualPlan(
      'service',
      [...offeredSteps(task, 'service'), ...inBand.steps],
      planOf(task, facts) ?? [],
      true,
    );
    if ('wrong' in plan) throw new Error(plan.wrong);
    await task.note({ service_steps: plan.steps, service_step_index: 0, hardware_manager_version: inBand.versions });
    if ((await runSteps(task, facts, 0)) === 'finished') await finish(task);
  } catch (error) {
    await fail(task, error);
  }
}

async function finish(task: HeldTask): Promise<void> {
  try {
    if (needsRamdisk(task)) await task.driver.deploy.tearDownRamdiskFlow(task, 'service', true);
  } catch (error) {
    return fail(task, error);
  }
  await move(task, 'done', {
    changes: {
      service_step: {},
      last_error: null,
      driver_internal_info: without(withoutAgent(task.info), planKeys) as Record<string, unknown>,
    },
    also: [{ kind: 'flow.ended', node: task.node.uuid, flow: 'servicing', ok: true }],
  });
}

async function fail(task: HeldTask, error: unknown, how: { event?: 'fail' | 'abort' } = {}): Promise<void> {
  if (task.signal.aborted) throw error;
  const why = error instanceof StepFailed ? error.message : `Servicing failed: ${explain(error)}`;
  const inStep = Object.keys(task.node.service_step).length > 0 && how.event !== 'abort';
  await move(task, how.event ?? 'fail', {
    changes: {
      service_step: {},
      last_error: why,
      driver_internal_info: without(withoutAgent(task.info), planKeys) as Record<string, unknown>,
      ...(inStep && { maintenance: true, maintenance_reason: why, fault: 'service failure' }),
    },
    error: why,
    also: inStep
      ? [{ kind: 'maintenance.changed', node: task.node.uuid, on: true, reason: why, fault: 'service failure' }]
      : [],
  });
}

export const service: Flow = {
  nameOf: () => 'servicing',
  accept(task, _event, args) {
    const { node } = task;
    if (node.maintenance) throw new NodeInMaintenance({ op: 'servicing', node: node.uuid });
    const asked = (args.service_steps ?? []) as AskedStep[];
    const plan = manualPlan('service', offeredSteps(task, 'service'), asked, !task.driver.deploy.ramdisk);
    if ('wrong' in plan) throw new InvalidParameterValue({ why: `service_steps: ${plan.wrong}.` });
    return {
      changes: {
        last_error: null,
        driver_internal_info: task.noted({
          service_steps: plan.steps,
          cleaning_disable_ramdisk: args.disable_ramdisk || undefined,
        }),
      },
    };
  },
  begin,
  async resume(task) {
    if (task.info.service_step_index === undefined) return begin(task);
    try {
      if ((await resumeSteps(task, facts)) === 'finished') await finish(task);
    } catch (error) {
      await fail(task, error);
    }
  },
  fail,
  steps: facts,
  finish,
  ramdiskBooted,
};
