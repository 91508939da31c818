// Steps that need the machine to start anew: what ran before comes back, and the step is looked at meanwhile.
import { RedfishUnreachable } from '#protocols/redfish/errors.ts';
import { done, type StepOutcome, type Task } from '../kinds.ts';

/** What is noted of a step that waits on its BMC. */
export type StepNote = Readonly<Record<string, unknown>>;

export const noteOf = (task: Task): StepNote => task.info.redfish_step ?? {};

/** Note what a step is about to begin, with what ran before it. */
export async function beginNote(task: Task, note: StepNote): Promise<void> {
  const ramdisk = task.info.agent_url !== undefined;
  const was = await task.driver.power.read(task);
  await task.note({ redfish_step: { ...note, ramdisk, was } });
}

/** Start the machine anew, into the ramdisk where one ran. */
export async function startAnew(task: Task): Promise<void> {
  if (noteOf(task).ramdisk === true) await task.driver.boot.prepareRamdisk(task, 'deploy');
  await task.powerTo('rebooting');
}

/** The machine has started, as far as can be told: its ramdisk called, or its firmware says how far it is. */
export function ranAgain(task: Task, bootProgress: unknown): boolean {
  if (noteOf(task).ramdisk === true) return task.info.agent_url !== undefined;
  return (
    typeof bootProgress !== 'string' ||
    /^(OS|SystemHardwareInitializationComplete|SetupEntered|None)/.test(bootProgress)
  );
}

/** A look that only reads: a BMC that does not answer for the moment is looked at again. */
export async function patiently<T>(task: Task, look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (task.signal.aborted || !RedfishUnreachable.is(error)) throw error;
    task.log.info({ err: error }, 'the BMC does not answer while it is waited for; it is asked again');
    return null;
  }
}

/** The step is done; what ran before it is waited for, or the machine is off again as it was. */
export async function ended(task: Task): Promise<StepOutcome> {
  const { ramdisk, was } = noteOf(task);
  await task.note({ redfish_step: undefined });
  if (ramdisk === true && !task.info.agent_url)
    return { is: 'wait', on: 'reboot', for: 'the ramdisk to boot again after the machine was started anew' };
  if (ramdisk !== true && was === 'power off' && !task.node.disable_power_off) await task.powerTo('power off');
  return done;
}
