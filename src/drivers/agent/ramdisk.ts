// What the ramdisk is asked during a flow of steps (reference: agent-api.md §2 and §3.6).
import type { PlannedStep, StepFlow } from '#model/steps.ts';
import type { AgentFace, AgentProgress, Task } from '../kinds.ts';
import { doorOf } from './door.ts';
import { maskedNode, plainPort } from './shown-node.ts';

interface StepsAnswer {
  readonly hardware_manager_version?: Record<string, string>;
  readonly [steps: `${string}_steps`]: Readonly<Record<string, readonly PlannedStep[]>>;
}

async function offered(task: Task, flow: StepFlow) {
  const reply = await task.house.agents.command(
    doorOf(task),
    `${flow}.get_${flow}_steps`,
    { node: maskedNode(task), ports: task.ports.map(plainPort) },
    { wait: true, signal: task.signal },
  );
  if (reply.command_status === 'FAILED') {
    // A ramdisk of an older release has no such extension; it offers nothing for this flow.
    if (flow === 'service' && /not found|unknown/i.test(reply.command_error?.message ?? ''))
      return { steps: [], versions: {} };
    throw new Error(`the ramdisk could not list its ${flow} steps: ${reasonOf(reply.command_error)}`);
  }
  const answer = reply.command_result as StepsAnswer | null;
  const byManager = answer?.[`${flow}_steps`] ?? {};
  const steps = Object.values(byManager)
    .flat()
    .map((step) => ({ ...step, in_band: true }));
  return { steps, versions: answer?.hardware_manager_version ?? {} };
}

async function begin(task: Task, flow: StepFlow, step: PlannedStep): Promise<void> {
  const { in_band: _ours, ...plain } = step;
  const showDrive = flow === 'deploy';
  const versions = task.info.hardware_manager_version ?? {};
  const reply = await task.house.agents.command(
    doorOf(task),
    `${flow}.execute_${flow}_step`,
    {
      step: plain,
      node: maskedNode(task, { configdrive: showDrive }),
      ports: task.ports.map(plainPort),
      [`${flow}_version`]: versions,
    },
    { wait: false, signal: task.signal },
  );
  if (reply.command_status === 'FAILED') throw new Error(reasonOf(reply.command_error));
}

async function progress(task: Task, flow: StepFlow, step: PlannedStep): Promise<AgentProgress> {
  const commands = await task.house.agents.commands(doorOf(task), task.signal);
  const mine = commands.filter((c) => !/get_\w+_steps$/.test(c.command_name));
  const last = mine.at(-1);
  if (!last) return { is: 'fresh boot' };
  if (!last.command_name.endsWith(`execute_${flow}_step`) || last.command_status === 'RUNNING')
    return { is: 'running' };
  if (last.command_status === 'CLEAN_VERSION_MISMATCH') return { is: 'version mismatch' };
  if (last.command_status === 'FAILED') return { is: 'failed', reason: reasonOf(last.command_error) };
  const about = last.command_result?.[`${flow}_step`] as PlannedStep | undefined;
  // The answer of the step before this one: ours has not been begun, or its reply was lost.
  if (about && (about.step !== step.step || about.interface !== step.interface)) return { is: 'fresh boot' };
  return { is: 'succeeded', result: last.command_result?.[`${flow}_result`] };
}

function reasonOf(error: { type?: string; message?: string; details?: string } | null): string {
  const said = error?.details || error?.message || error?.type || 'no reason given';
  return `the ramdisk says: ${said}`;
}

export const agentRamdisk: AgentFace = { offered, begin, progress };
