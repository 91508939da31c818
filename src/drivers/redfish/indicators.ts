// Lamps of a machine: its system's, its chassis', its drives' (reference: redfish/resources.md §2 indicators).
import { InvalidParameterValue } from '#contract/errors.ts';
import type { Resource } from '#protocols/redfish/client.ts';
import { linksOf, textOf } from '#protocols/redfish/document.ts';
import { pathIn } from '#protocols/redfish/door.ts';
import type { Indicator, Task } from '../kinds.ts';
import { redfishInfo } from './info.ts';
import { change, collected, linksAt, read, systemOf } from './system.ts';

const words = { ON: 'Lit', OFF: 'Off', BLINKING: 'Blinking' } as const;
type Word = keyof typeof words;

const mostDrives = 256;

interface Lamp extends Indicator {
  readonly resource: Resource;
}

const hasLamp = ({ body }: Resource): boolean =>
  textOf(body.IndicatorLED) !== undefined || typeof body.LocationIndicatorActive === 'boolean';

function lampOf(component: string, resource: Resource): Lamp[] {
  if (!hasLamp(resource)) return [];
  const name = textOf(resource.body.Id) ?? resource.path.split('/').at(-1)!;
  const plain = textOf(resource.body.IndicatorLED) === undefined;
  const states = plain ? ['ON', 'OFF'] : Object.keys(words);
  return [{ component, name: name.replaceAll('@', '_'), readonly: false, states, resource }];
}

async function lampsOf(task: Task): Promise<Lamp[]> {
  const system = await systemOf(task);
  const lamps = lampOf('system', system);
  for (const path of linksAt(task, system, 'Chassis').slice(0, 16))
    lamps.push(...lampOf('chassis', await read(task, path)));
  for (const storage of await collected(task, system, 'Storage'))
    for (const link of linksOf(storage.body, 'Drives').slice(0, mostDrives)) {
      const path = pathIn(redfishInfo(task), link);
      if (path) lamps.push(...lampOf('disk', await read(task, path)));
    }
  return lamps;
}

type Which = Pick<Indicator, 'component' | 'name'>;

/** Throws InvalidParameterValue where the machine has no such lamp. */
async function found(task: Task, { component, name }: Which): Promise<Lamp> {
  const lamps = await lampsOf(task);
  const lamp = lamps.find((one) => one.component === component && one.name === name);
  if (lamp) return lamp;
  const known = lamps.map((one) => `${one.name}@${one.component}`).join(', ') || 'none';
  throw new InvalidParameterValue({ why: `There is no indicator ${name}@${component}; there are: ${known}.` });
}

export const indicators = async (task: Task): Promise<readonly Indicator[]> =>
  (await lampsOf(task)).map(({ resource: _, ...lamp }) => lamp);

export async function indicator(task: Task, which: Which): Promise<string> {
  const { body } = (await found(task, which)).resource;
  const word = textOf(body.IndicatorLED);
  if (word === undefined) return body.LocationIndicatorActive === true ? 'ON' : 'OFF';
  return Object.entries(words).find(([, told]) => told === word)?.[0] ?? 'UNKNOWN';
}

export async function setIndicator(task: Task, which: Which, state: string): Promise<void> {
  const { resource, states } = await found(task, which);
  if (!states.includes(state))
    throw new InvalidParameterValue({
      why: `Indicator ${which.name}@${which.component} cannot show "${state}"; it can show ${states.join(', ')}.`,
    });
  const plain = textOf(resource.body.IndicatorLED) === undefined;
  await change(
    task,
    resource,
    plain ? { LocationIndicatorActive: state === 'ON' } : { IndicatorLED: words[state as Word] },
  );
}
