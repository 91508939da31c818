// available -> deploying -> active: the image comes onto the machine, and the machine runs it. (reference: conductor.md D)
import { explain, Fault } from '#base/errors.ts';
import { InvalidParameterValue, NodeInMaintenance, NodeProtected } from '#contract/errors.ts';
import { planKeys, without, withoutAgent } from '#model/internal-info.ts';
import { type AskedStep, deployPlan, type PlannedStep } from '#model/steps.ts';
import { startConsoleAgain } from '../console.ts';
import { move } from '../move.ts';
import { indexOf, planOf, stepFlows } from '../step-flows.ts';
import { goOn, offeredSteps, runSteps, StepFailed, type StepsEnd } from '../steps.ts';
import type { HeldTask } from '../task.ts';
import type { Flow, FlowArgs } from './flow.ts';
import { resumeSteps } from './resume.ts';
import { withTemplates } from './template-steps.ts';

const facts = stepFlows.deploy;

async function accept(task: HeldTask, event: string, args: FlowArgs) {
  const { node } = task;
  if (node.maintenance)
    throw new NodeInMaintenance({ op: event === 'rebuild' ? 'rebuild' : 'deploying', node: node.uuid });
  if (event === 'rebuild' && node.protected)
    throw new NodeProtected({ node: node.uuid, op: 'rebuild', reason: node.protected_reason });
  const { power, deploy, network, storage } = task.driver;
  for (const face of [power, deploy, network, storage]) await inContext(task, () => face.validate?.(task));
  const asked = await withTemplates(task, (args.deploy_steps ?? []) as AskedStep[]);
  const plan = deployPlan(offeredSteps(task, 'deploy'), asked, !deploy.agent, task.config.api.disallow_deploy_steps);
  if ('wrong' in plan) throw new InvalidParameterValue({ why: `deploy_steps: ${plan.wrong}.` });
  const instance_info = { ...node.instance_info };
  if (args.configdrive !== undefined && args.configdrive !== null)
    instance_info.configdrive = driveFor(task, args.configdrive);
  else if (event === 'rebuild') delete instance_info.configdrive;
  return {
    changes: {
      last_error: null,
      instance_info,
      ...lessee(task),
      driver_internal_info: {
        ...without(withoutAgent(task.info), planKeys),
        ...(asked.length && { user_deploy_steps: asked }),
        is_whole_disk_image: isWholeDisk(instance_info),
        ...('lessee' in lessee(task) && { automatic_lessee: true }),
      },
    },
  };
}

/** compat: what is text already is looked at only where a ramdisk will unpack it. */
function driveFor(task: HeldTask, asked: unknown): string {
  if (typeof asked === 'string' && !task.driver.deploy.agent) return asked;
  return task.house.configDrives.make(asked, task.node);
}

/** What a driver refuses is the client's to mend: said with the field, before anything was begun. */
async function inContext(task: HeldTask, check: () => Promise<void> | void | undefined): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (error instanceof Fault && error.status < 500) throw error;
    throw new InvalidParameterValue(
      { why: `Node ${task.node.uuid} cannot be deployed: ${explain(error)}.` },
      { cause: error },
    );
  }
}

/** Whole disk unless the instance brings a kernel, or says that it is a partition (reference: conductor.md F65). */
const isWholeDisk = (info: Readonly<Record<string, unknown>>): boolean =>
  info.image_type === 'whole-disk' || (info.image_type !== 'partition' && !info.kernel && !info.ramdisk);

function lessee(task: HeldTask): { lessee?: string } {
  const { automatic_lessee, automatic_lessee_source } = task.config.conductor;
  if (!automatic_lessee || task.node.lessee) return {};
  const project = automatic_lessee_source === 'request' ? task.by.project : task.node.instance_info.project_id;
  return typeof project === 'string' && project ? { lessee: project } : {};
}

async function begin(task: HeldTask): Promise<void> {
  try {
    await task.save(
      { deploy_step: {}, driver_internal_info: task.noted({ deploy_steps: undefined, deploy_step_index: undefined }) },
      { kind: 'flow.started', node: task.node.uuid, flow: 'deployment' },
    );
    await task.driver.deploy.prepare(task);
    const steps = planned(task, [], !task.driver.deploy.agent);
    await task.save({
      conductor_affinity: task.conductor.host,
      driver_internal_info: task.noted({ deploy_steps: steps, deploy_step_index: 0 }),
    });
    await after(task, await runSteps(task, facts, 0));
  } catch (error) {
    await fail(task, error);
  }
}

function planned(task: HeldTask, inBand: readonly PlannedStep[], knowsAll: boolean): PlannedStep[] {
  const own = offeredSteps(task, 'deploy');
  const ownKeys = new Set(own.map((s) => `${s.interface}.${s.step}`));
  // The ramdisk offers write_image as well: the driver's, which gives it its arguments, goes first.
  const foreign = inBand.filter((s) => !ownKeys.has(`${s.interface}.${s.step}`));
  const asked = (task.info.user_deploy_steps ?? []) as AskedStep[];
  const plan = deployPlan([...own, ...foreign], asked, knowsAll, task.config.api.disallow_deploy_steps);
  if ('wrong' in plan) throw new Error(plan.wrong);
  return plan.steps;
}

/** The ramdisk is there: its own steps join the plan behind what was done already, and the work goes on. */
async function ramdiskBooted(task: HeldTask): Promise<void> {
  try {
    const ramdisk = task.driver.deploy.ramdisk;
    if (ramdisk) {
      const { steps: inBand, versions } = await ramdisk.offered(task, 'deploy');
      const steps = planned(task, inBand, true);
      const at = planOf(task, facts)?.[indexOf(task, facts)];
      const index = Math.max(
        0,
        steps.findIndex((s) => s.interface === at?.interface && s.step === at?.step),
      );
      await task.note({
        agent_cached_deploy_steps: inBand,
        hardware_manager_version: versions,
        deploy_steps: steps,
        deploy_step_index: index,
      });
    }
    await after(task, await goOn(task, facts, 'next'));
  } catch (error) {
    await fail(task, error);
  }
}

async function after(task: HeldTask, ended: StepsEnd): Promise<void> {
  if (ended === 'finished') await finish(task);
}

async function finish(task: HeldTask): Promise<void> {
  await startConsoleAgain(task);
  const info = without(withoutAgent(task.info), planKeys);
  await move(task, 'done', {
    changes: { deploy_step: {}, last_error: null, driver_internal_info: info as Record<string, unknown> },
    also: [{ kind: 'flow.ended', node: task.node.uuid, flow: 'deployment', ok: true }],
  });
}

async function fail(task: HeldTask, error: unknown, how: { event?: 'fail' | 'abort' } = {}): Promise<void> {
  if (task.signal.aborted) throw error;
  const why = error instanceof StepFailed ? error.message : `Deploying failed: ${explain(error)}`;
  task.log.warn({ err: error }, why);
  try {
    await task.driver.deploy.cleanUp(task);
    if (task.driver.deploy.agent && task.config.deploy.power_off_after_deploy_failure && !task.node.disable_power_off)
      await task.powerTo('power off');
  } catch (second) {
    if (task.signal.aborted) throw second;
    task.log.warn({ err: second }, 'putting things away after a failed deployment failed as well');
  }
  await move(task, how.event ?? 'fail', {
    changes: {
      deploy_step: {},
      last_error: why,
      driver_internal_info: without(withoutAgent(task.info), planKeys) as Record<string, unknown>,
    },
    error: why,
  });
}

export const deploy: Flow = {
  nameOf: () => 'deployment',
  accept,
  begin,
  async resume(task) {
    const plan = planOf(task, facts);
    if (!plan || task.info.deploy_step_index === undefined) return begin(task);
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
