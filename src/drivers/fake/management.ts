import { InvalidParameterValue } from '#contract/errors.ts';
import type { Indicator, ManagementFace } from '../kinds.ts';
import { pretend } from './delay.ts';

const indicators: readonly Indicator[] = [
  { component: 'chassis', name: 'led-0', readonly: true, states: ['off', 'on'] },
  { component: 'system', name: 'led', readonly: false, states: ['blinking', 'off', 'on'] },
];

/** The lamp that is named. Throws InvalidParameterValue. */
function found({ component, name }: Pick<Indicator, 'component' | 'name'>): Indicator {
  const indicator = indicators.find((i) => i.component === component && i.name === name);
  if (indicator) return indicator;
  const known = indicators.map((i) => `${i.name}@${i.component}`).join(', ');
  throw new InvalidParameterValue({ why: `There is no indicator ${name}@${component}; there are ${known}.` });
}

/** A board that boots from the network only, with two lamps: one that is seen, one that is switched as well. */
export const fakeManagement: ManagementFace = {
  name: 'fake',
  bootDevices: ['pxe'],
  async getBootDevice() {
    return { boot_device: 'pxe', persistent: false };
  },
  setBootDevice: (task) => pretend(task, 'management'),
  injectNmi: (task) => pretend(task, 'management'),
  async indicators() {
    return indicators;
  },
  async indicator(task, which) {
    const { component, name } = found(which);
    return task.info.fake_indicators?.[`${name}@${component}`] ?? 'on';
  },
  async setIndicator(task, which, state) {
    const { component, name, readonly, states } = found(which);
    if (readonly) throw new InvalidParameterValue({ why: `Indicator ${name}@${component} can be seen, not switched.` });
    if (!states.includes(state))
      throw new InvalidParameterValue({
        why: `Indicator ${name}@${component} cannot show "${state}"; it can show ${states.join(', ')}.`,
      });
    await pretend(task, 'management');
    await task.note({ fake_indicators: { ...task.info.fake_indicators, [`${name}@${component}`]: state } });
  },
};
