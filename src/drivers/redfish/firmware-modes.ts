// Boot mode and secure boot of a machine, and the keys of secure boot (reference: redfish/resources.md §2).
import { UnsupportedDriverExtension } from '#contract/errors.ts';
import type { Resource } from '#protocols/redfish/client.ts';
import { actionOf, hasAction, part, textOf } from '#protocols/redfish/document.ts';
import { done, type Step, type Task } from '../kinds.ts';
import { bootSettingsOf, modes } from './boot-override.ts';
import { change, post, required, systemOf, targetOf } from './system.ts';

const isDell = (system: Resource): boolean => /dell/i.test(textOf(system.body.Manufacturer) ?? '');

/** Restart the machine, and look until `settled` or the option's time is up. */
async function throughRestart(task: Task, what: string, settled: () => Promise<boolean>): Promise<void> {
  const seconds = task.config.redfish.boot_mode_config_timeout;
  await task.powerTo('rebooting');
  const until = task.clock.now() + seconds * 1000;
  for (let pause = 500; seconds > 0; pause = Math.min(pause * 2, 10_000)) {
    if (await settled()) return;
    if (task.clock.now() >= until)
      throw new Error(
        `${what} was ordered and the machine restarted, but ${seconds} s later its BMC tells the old one`,
      );
    await task.clock.sleep(pause, task.signal);
  }
}

/** 'uefi' or 'bios' where the BMC tells; null where it doesn't. */
export async function bootMode(task: Task): Promise<'uefi' | 'bios' | null> {
  const mode = part((await systemOf(task)).body, 'Boot').BootSourceOverrideMode;
  if (mode === 'UEFI') return 'uefi';
  return mode === 'Legacy' ? 'bios' : null;
}

export async function setBootMode(task: Task, mode: 'uefi' | 'bios'): Promise<void> {
  const system = await systemOf(task);
  await change(task, await bootSettingsOf(task, system), { Boot: { BootSourceOverrideMode: modes[mode] } });
  // Dell's machines take it over in a job of the next start.
  const is = async () => (await bootMode(task)) === mode;
  if (isDell(system) && !(await is())) await throughRestart(task, `Boot mode ${mode}`, is);
}

const secureBootOf = (task: Task): Promise<Resource> =>
  required(task, 'SecureBoot', 'secure boot', 'the BMC does not tell of it');

export const secureBoot = async (task: Task): Promise<boolean> =>
  (await secureBootOf(task)).body.SecureBootCurrentBoot === 'Enabled';

export async function setSecureBoot(task: Task, on: boolean): Promise<void> {
  await change(task, await secureBootOf(task), { SecureBootEnable: on });
  const system = await systemOf(task);
  const is = async () => (await secureBoot(task)) === on;
  if (isDell(system) && !(await is())) await throughRestart(task, `Secure boot ${on ? 'on' : 'off'}`, is);
}

const keysStep = (step: string, ResetKeysType: string): Step => ({
  step,
  in: { clean: 0, deploy: 0 },
  again: true,
  async run(task) {
    const found = await secureBootOf(task);
    if (!hasAction(found.body, 'SecureBoot.ResetKeys'))
      throw new UnsupportedDriverExtension({
        driver: task.node.driver,
        extension: 'secure boot keys',
        why: 'the BMC has no action to reset them',
      });
    const { target } = actionOf({ ...found.body, '@odata.id': found.path }, 'SecureBoot.ResetKeys');
    await post(task, targetOf(task, target), { ResetKeysType });
    return done;
  },
});

export const secureBootSteps: readonly Step[] = [
  keysStep('reset_secure_boot_keys_to_default', 'ResetAllKeysToDefault'),
  keysStep('clear_secure_boot_keys', 'DeleteAllKeys'),
];
