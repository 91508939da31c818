// Power as words: what may be asked, and what the machine is in once it was done.

export type Power = 'power on' | 'power off';
export type PowerTarget = Power | 'rebooting' | 'soft power off' | 'soft rebooting';

/** What the power is after `target` was reached. */
export const finalPower = {
  'power on': 'power on',
  'power off': 'power off',
  rebooting: 'power on',
  'soft power off': 'power off',
  'soft rebooting': 'power on',
} as const satisfies Record<PowerTarget, Power>;

export const isPowerTarget = (word: string): word is PowerTarget => Object.hasOwn(finalPower, word);

/** Whether `target` is fulfilled by a machine that is in `now` already: nothing is sent then. A reboot never is. */
export const nothingToDo = (target: PowerTarget, now: string | null): boolean =>
  (target === 'power on' && now === 'power on') ||
  ((target === 'power off' || target === 'soft power off') && now === 'power off');
