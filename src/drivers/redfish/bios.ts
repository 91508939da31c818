// bios interface "redfish": settings read and kept, changed, and reset (reference: redfish/resources.md §2 BIOS).
import { UnsupportedDriverExtension } from '#contract/errors.ts';
import type { Resource } from '#protocols/redfish/client.ts';
import { actionOf, hasAction, type Json, part, parts, textOf, texts } from '#protocols/redfish/document.ts';
import { pathIn } from '#protocols/redfish/door.ts';
import { type BiosFace, done, type Step, type StepOutcome, type Task } from '../kinds.ts';
import {
  askedSettings,
  attributesOf,
  type BiosValues,
  differences,
  registryOf,
  settingsFrom,
  toChange,
} from './bios-settings.ts';
import { redfishInfo, redfishProperties } from './info.ts';
import { beginNote, ended, noteOf, patiently, ranAgain, startAnew } from './restart.ts';
import { change, membersOf, pathOf, post, read, required, rootOf, systemOf, targetOf } from './system.ts';

const lookEverySeconds = 5;
const withinSeconds = 3600;

const biosOf = (task: Task): Promise<Resource> =>
  required(task, 'Bios', 'BIOS settings', 'the BMC does not tell of them');

/** The registry that the BIOS names, in English where there is a choice; empty where there is none. */
async function registryFor(task: Task, bios: Resource): Promise<ReadonlyMap<string, Json>> {
  const name = textOf(bios.body.AttributeRegistry);
  const registries = pathOf(task, (await rootOf(task)).body, 'Registries');
  if (!name || !registries) return new Map();
  const fits = (path: string) => path.replace(/\/+$/, '').endsWith(`/${name}`);
  const members = await membersOf(task, registries);
  const path = members.find(fits) ?? members.find((member) => member.includes(name.replace(/\.v.*$/, '')));
  if (!path) return new Map();
  const locations = parts((await read(task, path)).body, 'Location');
  const english = locations.find((one) => /^(en|default)/i.test(textOf(one.Language) ?? '')) ?? locations[0];
  const uri = pathIn(redfishInfo(task), english?.Uri);
  return uri ? registryOf((await read(task, uri)).body) : new Map();
}

/** A registry that cannot be read makes the settings no less true. */
async function registryIfAny(task: Task, bios: Resource): Promise<ReadonlyMap<string, Json>> {
  try {
    return await registryFor(task, bios);
  } catch (error) {
    if (task.signal.aborted) throw error;
    task.log.info({ err: error }, 'the BMC does not tell what its BIOS settings mean');
    return new Map();
  }
}

async function cache(task: Task): Promise<void> {
  const bios = await biosOf(task);
  await task.keepBios(settingsFrom(attributesOf(bios.body), await registryIfAny(task, bios)));
}

async function stage(task: Task, bios: Resource, Attributes: BiosValues): Promise<void> {
  const settings = part(bios.body, '@Redfish.Settings');
  const path = pathOf(task, bios.body, '@Redfish.Settings', 'SettingsObject');
  const later = texts(settings, 'SupportedApplyTimes').includes('OnReset');
  const order = { Attributes, ...(later && { '@Redfish.SettingsApplyTime': { ApplyTime: 'OnReset' } }) };
  const place = path ? await read(task, path) : bios;
  await task.house.redfish.finished(
    redfishInfo(task),
    await change(task, place, order),
    { withinMs: 600_000, pollMs: 2000 },
    task.signal,
  );
}

const waiting = (what: string): StepOutcome => ({ is: 'wait', on: 'bmc', for: what, lookEverySeconds, withinSeconds });

async function apply(task: Task, args: Readonly<Record<string, unknown>>): Promise<StepOutcome> {
  const asked = askedSettings(args.settings);
  const bios = await biosOf(task);
  const wanted = toChange(asked, attributesOf(bios.body), await registryIfAny(task, bios));
  if (!Object.keys(wanted).length) {
    await cache(task);
    return done;
  }
  await beginNote(task, { bios: wanted });
  await stage(task, bios, wanted);
  await startAnew(task);
  return waiting('the machine to take over its new BIOS settings');
}

async function lookApplied(task: Task): Promise<StepOutcome | null> {
  const wanted = (noteOf(task).bios ?? {}) as BiosValues;
  const bios = await patiently(task, () => biosOf(task));
  if (!bios) return null;
  const left = differences(wanted, attributesOf(bios.body));
  if (left.length && noteOf(task).ramdisk === true && task.info.agent_url)
    throw new Error(`the machine has started, but its BIOS did not take everything over: ${left.join('; ')}`);
  if (left.length) return null;
  await cache(task);
  return ended(task);
}

async function reset(task: Task): Promise<StepOutcome> {
  const bios = await biosOf(task);
  if (!hasAction(bios.body, 'Bios.ResetBios'))
    throw new UnsupportedDriverExtension({
      driver: task.node.driver,
      extension: 'BIOS factory reset',
      why: 'the BMC has no action for it',
    });
  await beginNote(task, {});
  const { target } = actionOf({ ...bios.body, '@odata.id': bios.path }, 'Bios.ResetBios');
  await post(task, targetOf(task, target), {});
  await startAnew(task);
  return waiting('the machine to start with the BIOS settings of the factory');
}

async function lookReset(task: Task): Promise<StepOutcome | null> {
  const system = await patiently(task, () => systemOf(task));
  if (system?.body.PowerState !== 'On' || !ranAgain(task, part(system.body, 'BootProgress').LastState)) return null;
  await cache(task);
  return ended(task);
}

const settings = { help: 'The settings to apply: a list of objects with name and value.', required: true };

/** Without a ramdisk in cleaning and service; a deployment has one anyway. */
const steps = (about: Omit<Step, 'in' | 'ramdisk' | 'abortable'>): Step[] => [
  { ...about, in: { clean: 0, service: 0 }, ramdisk: false },
  { ...about, in: { deploy: 0 } },
];

export const redfishBios: BiosFace = {
  name: 'redfish',
  properties: redfishProperties,
  validate: (task) => void redfishInfo(task),
  cache,
  steps: [
    ...steps({ step: 'apply_configuration', args: { settings }, again: true, run: apply, look: lookApplied }),
    ...steps({ step: 'factory_reset', again: true, run: reset, look: lookReset }),
  ],
};
