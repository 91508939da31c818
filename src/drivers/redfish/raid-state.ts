// The RAID controllers of a machine as they are: drives and volumes.
import type { Resource } from '#protocols/redfish/client.ts';
import { linksOf, numberOf, part, parts, textOf, texts } from '#protocols/redfish/document.ts';
import { pathIn } from '#protocols/redfish/door.ts';
import type { Task } from '../kinds.ts';
import { redfishInfo } from './info.ts';
import type { RaidDrive } from './raid-plan.ts';
import { collected, membersOf, pathOf, read, systemOf } from './system.ts';

/** A Storage resource that can make volumes. */
export interface Controller {
  readonly storage: Resource;
  readonly volumes: string;
  /** When the controller takes a change over: Immediate, OnReset; empty where it doesn't tell. */
  readonly applyTimes: readonly string[];
}

/** A volume that is there, with what names it. */
export interface Volume extends Resource {
  readonly controller: string;
}

export async function controllersOf(task: Task): Promise<Controller[]> {
  const found: Controller[] = [];
  for (const storage of await collected(task, await systemOf(task), 'Storage')) {
    const volumes = pathOf(task, storage.body, 'Volumes');
    if (!volumes || !makesVolumes(storage)) continue;
    const { body } = await read(task, volumes);
    const applyTimes = texts(part(body, '@Redfish.OperationApplyTimeSupport'), 'SupportedValues');
    found.push({ storage, volumes, applyTimes });
  }
  return found;
}

/** Where a controller tells which levels it has, it must have one; others are asked. */
function makesVolumes({ body }: Resource): boolean {
  const told = parts(body, 'StorageControllers').flatMap((one) =>
    Array.isArray(one.SupportedRAIDTypes) ? [texts(one, 'SupportedRAIDTypes')] : [],
  );
  return !told.length || told.some((levels) => levels.length > 0);
}

/** The volumes of a controller; those that only stand for a bare drive (RAIDType None, RawDevice) are left out. */
export async function volumesOf(task: Task, controller: Controller): Promise<Volume[]> {
  const found: Volume[] = [];
  for (const path of await membersOf(task, controller.volumes)) {
    const volume = await read(task, path);
    const raw = textOf(volume.body.VolumeType) === 'RawDevice' || textOf(volume.body.RAIDType) === 'None';
    if (!raw) found.push({ ...volume, controller: controller.storage.path });
  }
  return found;
}

export const drivesIn = (task: Task, volume: Resource): string[] =>
  linksOf(part(volume.body, 'Links'), 'Drives').flatMap((link) => pathIn(redfishInfo(task), link) ?? []);

/** The drives of a controller, with the room that `volumes` leave on them. */
export async function drivesOf(task: Task, controller: Controller, volumes: readonly Volume[]): Promise<RaidDrive[]> {
  const found: RaidDrive[] = [];
  for (const link of linksOf(controller.storage.body, 'Drives')) {
    const path = pathIn(redfishInfo(task), link);
    if (path) found.push(driveFrom(await read(task, path), controller.storage.path, usedOn(task, path, volumes)));
  }
  return found.filter((drive) => drive.bytes > 0);
}

/** What a volume takes of each of its drives, as far as that can be told: an equal share, or all of it. */
function usedOn(task: Task, drive: string, volumes: readonly Volume[]): number {
  const on = volumes.filter((volume) => drivesIn(task, volume).includes(drive));
  return on.reduce((sum, { body }) => sum + (numberOf(body.CapacityBytes) ?? Number.POSITIVE_INFINITY), 0);
}

function driveFrom({ path, body }: Resource, controller: string, used: number): RaidDrive {
  const bytes = numberOf(body.CapacityBytes) ?? 0;
  const media = textOf(body.MediaType)?.toLowerCase();
  const protocol = textOf(body.Protocol)?.toLowerCase();
  const names = [textOf(body.Id), textOf(body.Name), path, path.split('/').at(-1)].filter((name) => name !== undefined);
  return {
    path,
    names,
    controller,
    bytes,
    disk: media === 'hdd' || media === 'ssd' ? media : undefined,
    interface: protocol === 'sas' || protocol === 'sata' || protocol === 'scsi' ? protocol : undefined,
    free: Math.max(0, bytes - used),
  };
}
