// manageable or deleting -> cleaning -> available: the machine is made ready for its next user. A manual cleaning runs the
// steps that were asked for and ends in manageable. (reference: conductor.md G)
import { explain } from '#base/errors.ts';
import { NodeInMaintenance, NodeIsRetired } from '#contract/errors.ts';
import { planKeys, without, withoutAgent } from '#model/internal-info.ts';
import { type AskedStep, automaticPlan, manualPlan, type PlannedStep } from '#model/steps.ts';
import { move } from '../move.ts';
import { indexOf, planOf, stepFlows } from '../step-flows.ts';
import { offeredSteps, runSteps, StepFailed, type StepsEnd, wait } from '../steps.ts';
import type { HeldTask } from '../task.ts';
import type { Flow, FlowArgs } from './flow.ts';
import { resumeSteps } from './resume.ts';

const facts = stepFlows.clean;
const isManual = (task: HeldTask): boolean => task.node.target_provision_state === 'manageable';

async function accept(task: HeldTask, event: string, args: FlowArgs) {
  const { node } = task;
  if (event === 'provide') {
    if (node.retired) throw new NodeIsRetired({ op: 'provide', node: node.uuid });
    if (node.maintenance && !task.config.conductor.allow_provisioning_in_maintenance)
      throw new NodeInMaintenance({ op: 'cleaning', node: node.uuid });
    return { changes: { last_error: null } };
  }
  if (node.maintenance) throw new NodeInMaintenance({ op: 'cleaning', node: node.uuid });
  await task.driver.power.validate?.(task);
  await task.driver.network.validate?.(task);
  const asked = (args.clean_steps ?? []) as AskedStep[];
  const plan = askedPlan(task, asked);
  // compat: steps that nobody offers are accepted, and the cleaning then fails with their names.
  const steps = 'wrong' in plan ? asked.map((step) => ({ priority: 0, ...step })) : plan.steps;
  const needsRamdisk = steps.some((step) => (step as PlannedStep).requires_ramdisk !== false);
  return {
    target: 'manageable',
    changes: {
      last_error: null,
      driver_internal_info: task.noted({
        clean_steps: steps as PlannedStep[],
        cleaning_disable_ramdisk: args.disable_ramdisk || !needsRamdisk || undefined,
      }),
    },
  };
}

const askedPlan = (task: HeldTask, asked: readonly AskedStep[]) =>
  manualPlan(
    'clean',
    offeredSteps(task, 'clean'),
    asked,
    !task.driver.deploy.ramdisk || task.info.cleaning_disable_ramdisk === true,
    task.config.api.disallow_clean_steps,
  );

/** What can be known of the steps before the ramdisk is there. */
function refuseWrongSteps(task: HeldTask): void {
  const plan = askedPlan(task, (task.info.clean_steps ?? []) as AskedStep[]);
  if ('wrong' in plan) throw new Error(plan.wrong);
  const inRamdisk = plan.steps.filter((step) => step.requires_ramdisk !== false);
  if (task.info.cleaning_disable_ramdisk && inRamdisk.length)
    throw new Error(
      `disable_ramdisk was set, but these steps need the ramdisk: ${inRamdisk.map((s) => `${s.interface}.${s.step}`).join(', ')}`,
    );
}

/** Whether the node's, or else the option's, word is that it is cleaned without being asked. */
const wanted = (task: HeldTask): boolean => task.node.automated_clean ?? task.config.conductor.automated_clean;

async function begin(task: HeldTask): Promise<void> {
  if (!isManual(task) && !wanted(task)) return end(task);
  try {
    const wipe = {
      clean_step_index: undefined,
      agent_cached_clean_steps: undefined,
      agent_secret_token: task.info.agent_secret_token_pregenerated ? task.info.agent_secret_token : undefined,
      agent_url: undefined,
      ...(!isManual(task) && { clean_steps: undefined }),
    };
    await task.save(
      { clean_step: {}, driver_internal_info: task.noted({ ...wipe, ...eraseNotes(task) }) },
      { kind: 'flow.started', node: task.node.uuid, flow: clean.nameOf(task) },
    );
    await task.driver.power.validate?.(task);
    await task.driver.network.validate?.(task);
    if (isManual(task)) refuseWrongSteps(task);
    if (!task.info.cleaning_disable_ramdisk) {
      const booted = await task.driver.deploy.prepareRamdiskFlow(task, 'clean');
      if (booted.is === 'wait') return await wait(task, facts, booted);
    }
    await ramdiskBooted(task);
  } catch (error) {
    await fail(task, error);
  }
}

/** How disks are erased: the ramdisk reads it from the node (reference: conductor.md G73). */
function eraseNotes(task: HeldTask) {
  const { deploy } = task.config;
  return {
    agent_erase_devices_iterations: deploy.shred_random_overwrite_iterations,
    agent_erase_devices_zeroize: deploy.shred_final_overwrite_with_zeros,
    agent_continue_if_secure_erase_failed: deploy.continue_if_disk_secure_erase_fails,
    agent_enable_nvme_secure_erase: deploy.enable_nvme_secure_erase,
    agent_enable_ata_secure_erase: deploy.enable_ata_secure_erase,
    disk_erasure_concurrency: deploy.disk_erasure_concurrency,
    agent_erase_skip_read_only: deploy.erase_skip_read_only,
  };
}

async function ramdiskBooted(task: HeldTask): Promise<void> {
  try {
    const offered = [...offeredSteps(task, 'clean'), ...(await inBand(task))];
    const steps = isManual(task) ? checkedPlan(task, offered) : automatic(task, offered);
    await task.note({ clean_steps: steps, clean_step_index: 0 });
    await after(task, await runSteps(task, facts, 0));
  } catch (error) {
    await fail(task, error);
  }
}

async function inBand(task: HeldTask): Promise<readonly PlannedStep[]> {
  if (!task.info.agent_url || !task.driver.deploy.ramdisk) return [];
  const { steps, versions } = await task.driver.deploy.ramdisk.offered(task, 'clean');
  await task.note({ agent_cached_clean_steps: steps, hardware_manager_version: versions });
  return steps;
}

function automatic(task: HeldTask, offered: readonly PlannedStep[]): PlannedStep[] {
  const { deploy, conductor } = task.config;
  const disallowed = new Set<string>(task.config.api.disallow_clean_steps);
  const overrides: Record<string, number> = {
    // Erasing whole disks takes hours on rotating ones: it is run when asked for; metadata go by default.
    'deploy.erase_devices': deploy.erase_devices_priority ?? 0,
    ...(deploy.erase_devices_metadata_priority != null && {
      'deploy.erase_devices_metadata': deploy.erase_devices_metadata_priority,
    }),
    ...Object.fromEntries(Object.entries(conductor.clean_step_priority_override ?? {}).map(([k, v]) => [k, Number(v)])),
  };
  const allowed = offered.filter((s) => !disallowed.has(`${s.interface}.${s.step}`));
  return automaticPlan('clean', allowed, overrides);
}

function checkedPlan(task: HeldTask, offered: readonly PlannedStep[]): PlannedStep[] {
  const plan = manualPlan('clean', offered, task.info.clean_steps ?? [], true);
  if ('wrong' in plan) throw new Error(plan.wrong);
  return plan.steps;
}

async function after(task: HeldTask, ended: StepsEnd): Promise<void> {
  if (ended === 'finished') await finish(task);
}

async function finish(task: HeldTask): Promise<void> {
  try {
    if (!task.info.cleaning_disable_ramdisk) await task.driver.deploy.tearDownRamdiskFlow(task, 'clean', true);
  } catch (error) {
    return fail(task, error);
  }
  await end(task, [{ kind: 'flow.ended' as const, node: task.node.uuid, flow: clean.nameOf(task), ok: true }]);
}

async function end(
  task: HeldTask,
  also: readonly { kind: 'flow.ended'; node: string; flow: string; ok: boolean }[] = [],
) {
  const changes = {
    clean_step: {},
    driver_internal_info: without(withoutAgent(task.info), planKeys) as Record<string, unknown>,
  };
  await move(task, isManual(task) || task.node.retired ? 'manage' : 'done', { changes, also });
}

async function fail(task: HeldTask, error: unknown, how: { event?: 'fail' | 'abort' } = {}): Promise<void> {
  if (task.signal.aborted) throw error;
  const why = error instanceof StepFailed ? error.message : `Cleaning failed: ${explain(error)}`;
  // A machine on which a step was cut off is in no known condition: people look at it first.
  const inStep = Object.keys(task.node.clean_step).length > 0 && how.event !== 'abort';
  if (task.config.conductor.poweroff_in_cleanfail) await quietly(task, () => task.powerTo('power off'));
  else await quietly(task, () => task.driver.deploy.tearDownRamdiskFlow(task, 'clean', false));
  await move(task, how.event ?? 'fail', {
    changes: {
      clean_step: {},
      last_error: why,
      driver_internal_info: without(withoutAgent(task.info), planKeys) as Record<string, unknown>,
      ...(inStep && { maintenance: true, maintenance_reason: why, fault: 'clean failure' }),
    },
    error: why,
    also: inStep
      ? [{ kind: 'maintenance.changed', node: task.node.uuid, on: true, reason: why, fault: 'clean failure' }]
      : [],
  });
}

async function quietly(task: HeldTask, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    task.log.warn({ err: error }, 'putting things away after a failed cleaning failed as well');
  }
}

export const clean: Flow = {
  nameOf: (task) => (isManual(task) ? 'manual_cleaning' : 'automated_cleaning'),
  accept,
  begin,
  async resume(task) {
    if (!planOf(task, facts) || (task.info.clean_step_index === undefined && !isManual(task))) return begin(task);
    if (task.info.clean_step_index === undefined) return begin(task);
    if (indexOf(task, facts) >= planOf(task, facts)!.length) return finish(task);
    try {
      await after(task, await resumeSteps(task, facts));
    } catch (error) {
      await fail(task, error);
    }
  },
  fail,
  steps: facts,
  finish,
  ramdiskBooted,
};
