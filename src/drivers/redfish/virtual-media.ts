// Virtual media of a machine: found at its system or its manager, filled and emptied (reference: redfish/resources.md §2).
import { UnsupportedDriverExtension } from '#contract/errors.ts';
import type { Resource } from '#protocols/redfish/client.ts';
import { actionOf, hasAction, textOf, texts } from '#protocols/redfish/document.ts';
import { RedfishRefused } from '#protocols/redfish/errors.ts';
import type { Task } from '../kinds.ts';
import { redfishInfo } from './info.ts';
import { firstInsertBody, mostInserts, nextInsertBody } from './insert-body.ts';
import { change, collected, linksAt, managerOf, post, read, systemOf, targetOf } from './system.ts';

/** What a user calls a drive, and Redfish's words for what it takes, the best first. */
const mediaTypes = {
  cdrom: ['CD', 'DVD'],
  floppy: ['Floppy', 'USBStick'],
  disk: ['USBStick'],
} as const;

export type DeviceType = keyof typeof mediaTypes;

export const isDeviceType = (name: string): name is DeviceType => Object.hasOwn(mediaTypes, name);

/** All drives of the machine: the system's where it has them, else those of its managers. */
export async function drivesOf(task: Task): Promise<Resource[]> {
  const system = await systemOf(task);
  const own = await collected(task, system, 'VirtualMedia');
  if (own.length) return own;
  const named = linksAt(task, system, 'ManagedBy');
  const managers = named.length ? await Promise.all(named.map((path) => read(task, path))) : [];
  const [only] = managers.length ? [] : [await managerOf(task, system)];
  const found: Resource[] = [];
  for (const manager of only ? [only] : managers) found.push(...(await collected(task, manager, 'VirtualMedia')));
  return found;
}

/** Those that take media of a kind, the best first; a drive that does not say what it takes may take anything. */
export function fitting(drives: readonly Resource[], type: DeviceType): Resource[] {
  const wanted: readonly string[] = mediaTypes[type];
  const rank = ({ body }: Resource): number => {
    const takes = texts(body, 'MediaTypes');
    return takes.length ? wanted.findIndex((word) => takes.includes(word)) : wanted.length;
  };
  return drives.filter((drive) => rank(drive) >= 0).sort((a, b) => rank(a) - rank(b));
}

const isFull = ({ body }: Resource): boolean => body.Inserted === true || textOf(body.Image) !== undefined;

async function finished(task: Task, answer: Awaited<ReturnType<typeof post>>): Promise<void> {
  await task.house.redfish.finished(redfishInfo(task), answer, { withinMs: 300_000, pollMs: 1000 }, task.signal);
}

async function ejectFrom(task: Task, drive: Resource): Promise<void> {
  const body = { ...drive.body, '@odata.id': drive.path };
  const answer = hasAction(body, 'VirtualMedia.EjectMedia')
    ? await post(task, targetOf(task, actionOf(body, 'VirtualMedia.EjectMedia').target), {})
    : await change(task, drive, { Image: null, Inserted: false });
  await finished(task, answer);
}

/** Empty the drives of these kinds. Returns how many there were to empty. */
export async function eject(task: Task, types: readonly DeviceType[]): Promise<number> {
  const drives = await drivesOf(task);
  const full = new Set(types.flatMap((type) => fitting(drives, type)).filter(isFull));
  for (const drive of full) await ejectFrom(task, drive);
  return full.size;
}

async function insertInto(task: Task, drive: Resource, image: string): Promise<void> {
  const about = { ...drive.body, '@odata.id': drive.path };
  const byAction = hasAction(about, 'VirtualMedia.InsertMedia');
  const { target } = actionOf(about, 'VirtualMedia.InsertMedia');
  let body = firstInsertBody(image);
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = byAction ? await post(task, targetOf(task, target), body) : await change(task, drive, body);
      return await finished(task, answer);
    } catch (error) {
      if (!RedfishRefused.is(error) || attempt >= mostInserts) throw error;
      const next = nextInsertBody(body, error.facts);
      // An ejection that is still under way makes an insertion fail for a moment (Dell).
      if (!next && error.facts.status < 500) throw error;
      if (!next) await task.clock.sleep(task.config.redfish.connection_retry_interval * 1000, task.signal);
      body = next ?? body;
    }
  }
}

/** Statuses with which internal drives, that nobody may fill, refuse. */
const isNotForUs = (error: unknown): boolean =>
  RedfishRefused.is(error) && [400, 404, 405, 501].includes(error.facts.status);

/** Put the image at `url` into a drive of that kind. Throws where the machine has none, or none takes it. */
export async function insert(task: Task, type: DeviceType, url: string): Promise<void> {
  const drives = fitting(await drivesOf(task), type);
  if (!drives.length)
    throw new UnsupportedDriverExtension({
      driver: task.node.driver,
      extension: `virtual ${type}`,
      why: 'neither the system nor its manager tells of such a drive',
    });
  for (const [index, drive] of drives.entries()) {
    try {
      if (isFull(drive)) await ejectFrom(task, drive);
      return await insertInto(task, drive, url);
    } catch (error) {
      if (!isNotForUs(error) || index === drives.length - 1) throw error;
      task.log.info({ err: error, drive: drive.path }, 'a virtual drive did not take the image; the next one is tried');
    }
  }
}
