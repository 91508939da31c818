// raid interface "agent": the ramdisk's own hardware managers build the RAID; what they built is kept in the row.
import { InvalidParameterValue, MissingParameterValue } from '#contract/errors.ts';
import type { StepFlow } from '#model/steps.ts';
import type { RaidFace, Step, Task } from '../kinds.ts';
import { agentRamdisk } from './ramdisk.ts';

type Config = Readonly<Record<string, unknown>>;

const disksOf = (config: unknown): readonly unknown[] => {
  const disks = (config as { logical_disks?: unknown } | null | undefined)?.logical_disks;
  return Array.isArray(disks) ? disks : [];
};

/** The result of a step that built a RAID is what was built. */
async function keepBuilt(task: Task, result: unknown): Promise<void> {
  const built = typeof result === 'object' && result !== null ? (result as Record<string, unknown>) : {};
  await task.save({ raid_config: { ...built, last_updated: new Date(task.clock.now()).toISOString() } });
}

function inRamdisk(step: Omit<Step, 'run' | 'again' | 'inRamdisk'>, check?: (task: Task, args: Config) => void): Step {
  return {
    ...step,
    again: true,
    inRamdisk: true,
    async run(task, args) {
      check?.(task, args);
      const flow = flowOf(task);
      const planned = { interface: 'raid', step: step.step, priority: step.in[flow] ?? 0, args };
      await agentRamdisk.begin(task, flow, planned);
      return { is: 'wait', on: 'agent step', for: `the ramdisk to end raid.${step.step}` };
    },
  };
}

/** The flow that the node is in, by its state: the ramdisk has one command per flow. */
const flowOf = (task: Task): StepFlow =>
  task.node.provision_state.startsWith('clean')
    ? 'clean'
    : task.node.provision_state.startsWith('servic')
      ? 'service'
      : 'deploy';

function needTarget(task: Task): void {
  if (disksOf(task.node.target_raid_config).length) return;
  throw new MissingParameterValue({
    why: `Node ${task.node.uuid} has no target_raid_config: say with PUT states/raid what to build.`,
  });
}

const raidArgs = {
  raid_config: { help: 'The RAID to build: an object with logical_disks.', required: true },
  delete_existing: { help: 'Delete the RAID that is there first. Default true.' },
};

export const agentRaid: RaidFace = {
  name: 'agent',
  steps: [
    inRamdisk({ step: 'create_configuration', in: { clean: 0 }, ended: keepBuilt }, needTarget),
    inRamdisk({
      step: 'delete_configuration',
      in: { clean: 0 },
      ended: (task) => task.save({ raid_config: {} }),
    }),
    inRamdisk(
      { step: 'apply_configuration', in: { deploy: 0, service: 0 }, args: raidArgs, ended: keepBuilt },
      (_task, { raid_config }) => {
        if (!disksOf(raid_config).length)
          throw new InvalidParameterValue({
            why: 'raid_config: an object with at least one logical disk is accepted.',
          });
      },
    ),
  ],
};
