import { InvalidParameterValue } from '#contract/errors.ts';
import { done, type Face, type Step } from '../kinds.ts';
import { pretend } from './delay.ts';

interface Setting {
  readonly name: string;
  readonly value: string;
}

/** The settings of a step's arguments. Throws InvalidParameterValue. */
function settingsOf(given: unknown): Setting[] {
  const wrong = (why: string) => new InvalidParameterValue({ why: `BIOS settings: ${why}` });
  if (!Array.isArray(given)) throw wrong('a list of objects with name and value is accepted.');
  return given.map((setting: unknown) => {
    const { name, value } = (setting ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || !name) throw wrong(`${JSON.stringify(setting)} has no name.`);
    return { name, value: value === null || value === undefined ? '' : String(value) };
  });
}

const applyConfiguration: Step = {
  step: 'apply_configuration',
  in: { clean: 0 },
  args: {
    settings: { help: 'The settings to apply: a list of objects with name and value.', required: true },
  },
  again: true,
  async run(task, { settings }) {
    await pretend(task, 'bios');
    await task.keepBios(settingsOf(settings));
    return done;
  },
};

const factoryReset: Step = {
  step: 'factory_reset',
  in: { clean: 0 },
  again: true,
  async run(task) {
    await pretend(task, 'bios');
    await task.keepBios([]);
    return done;
  },
};

const cacheSettings: Step = {
  step: 'cache_bios_settings',
  in: { clean: 0 },
  again: true,
  async run(task) {
    await pretend(task, 'bios');
    return done;
  },
};

/** A BIOS that is what was last applied to it: the kept settings themselves. */
export const fakeBios: Face = { name: 'fake', steps: [applyConfiguration, cacheSettings, factoryReset] };
