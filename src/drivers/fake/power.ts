import { finalPower } from '#model/power.ts';
import type { PowerFace } from '../kinds.ts';
import { pretend } from './delay.ts';

/** A machine that is whatever was last asked of it: the record itself. */
export const fakePower: PowerFace = {
  name: 'fake',
  supports: ['power on', 'power off', 'rebooting', 'soft power off', 'soft rebooting'],
  async read(task) {
    await pretend(task, 'power');
    return task.node.power_state as 'power on' | 'power off' | null;
  },
  async ask(task, target) {
    await pretend(task, 'power');
    await task.save({ power_state: finalPower[target] });
  },
};
