import { finalPower, type PowerTarget } from '#model/power.ts';
import { RedfishRefused } from '#protocols/redfish/errors.ts';
import type { PowerFace, Task } from '../kinds.ts';
import { tellLastingDevice } from './boot-override.ts';
import { redfishInfo, redfishProperties } from './info.ts';
import { reset, systemOf } from './system.ts';

const resets: Readonly<Record<PowerTarget, readonly [string, ...string[]]>> = {
  'power on': ['On', 'ForceOn'],
  'power off': ['ForceOff'],
  rebooting: ['ForceRestart', 'PowerCycle'],
  'soft power off': ['GracefulShutdown'],
  'soft rebooting': ['GracefulRestart'],
};

const restarts: ReadonlySet<PowerTarget> = new Set(['rebooting', 'soft rebooting']);

/** Some BMCs refuse to power on for a while after a power-off, with 409. */
async function powerOn(task: Task): Promise<void> {
  const { power_on_conflict_retry_attempts: attempts, power_on_conflict_retry_interval: seconds } = task.config.redfish;
  for (let attempt = 0; ; attempt++) {
    try {
      return await reset(task, ...resets['power on']);
    } catch (error) {
      const conflict = RedfishRefused.is(error) && error.facts.status === 409;
      if (!conflict || attempt >= attempts) throw error;
    }
    await task.clock.sleep(seconds * 1000, task.signal);
  }
}

export const redfishPower: PowerFace = {
  name: 'redfish',
  properties: redfishProperties,
  supports: ['power on', 'power off', 'rebooting', 'soft power off', 'soft rebooting'],
  syncs: true,
  validate: (task) => void redfishInfo(task),
  async read(task, { background = false } = {}) {
    const { PowerState: state } = (await systemOf(task, background ? { attempts: 1 } : {})).body;
    if (state === 'On' || state === 'PoweringOn') return 'power on';
    if (state === 'Off' || state === 'PoweringOff') return 'power off';
    return 'error';
  },
  async ask(task, target) {
    if (finalPower[target] === 'power on') await tellLastingDevice(task);
    // What is off cannot be started again, only started.
    const off = restarts.has(target) && (await systemOf(task)).body.PowerState === 'Off';
    await (target === 'power on' || off ? powerOn(task) : reset(task, ...resets[target]));
  },
};
