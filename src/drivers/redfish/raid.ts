// raid interface "redfish": volumes made and deleted one after the other, each followed to its end (reference:
// redfish/resources.md §2 RAID; hardware.json).
import { UnsupportedDriverExtension } from '#contract/errors.ts';
import { type Answer, monitorOf, type Resource } from '#protocols/redfish/client.ts';
import { numberOf, textOf } from '#protocols/redfish/document.ts';
import { RedfishRefused } from '#protocols/redfish/errors.ts';
import { done, type RaidFace, type Step, type StepOutcome, type Task } from '../kinds.ts';
import { redfishInfo, redfishProperties } from './info.ts';
import { type LogicalDisk, levelOf, logicalDisks, type PlannedVolume, planVolumes, raidLevels } from './raid-plan.ts';
import { type Controller, controllersOf, drivesOf, volumesOf } from './raid-state.ts';
import { beginNote, ended, noteOf, ranAgain, startAnew } from './restart.ts';
import { post, systemOf } from './system.ts';

/** What is left to do, in the row, so that whoever looks next goes on from there. */
interface Standing {
  readonly remove: readonly string[];
  readonly create: readonly PlannedVolume[];
  /** To be planned when what is there has gone. */
  readonly target: readonly LogicalDisk[];
  readonly monitor?: string;
  /** Something counts from the next start of the machine on. */
  readonly restart?: 'needed' | 'begun';
}

const standing = (task: Task): Standing => noteOf(task).raid as Standing;

async function stand(task: Task, raid: Standing): Promise<void> {
  await task.note({ redfish_step: { ...noteOf(task), raid } });
}

async function someControllers(task: Task): Promise<Controller[]> {
  const found = await controllersOf(task);
  if (found.length) return found;
  throw new UnsupportedDriverExtension({
    driver: task.node.driver,
    extension: 'RAID',
    why: 'the machine has no storage that makes volumes, or its BMC does not tell of it',
  });
}

async function plan(task: Task, target: readonly LogicalDisk[]): Promise<PlannedVolume[]> {
  const drives = [];
  for (const controller of await someControllers(task))
    drives.push(...(await drivesOf(task, controller, await volumesOf(task, controller))));
  return planVolumes(target, drives);
}

async function pathsToRemove(task: Task): Promise<string[]> {
  const found: string[] = [];
  for (const controller of await someControllers(task))
    found.push(...(await volumesOf(task, controller)).map(({ path }) => path));
  return found;
}

interface Wanted {
  readonly target: readonly LogicalDisk[];
  readonly deleteExisting: boolean;
}

async function begin(task: Task, { target, deleteExisting }: Wanted): Promise<StepOutcome> {
  const remove = deleteExisting ? await pathsToRemove(task) : [];
  // What has no place is said before anything is deleted, where nothing is.
  if (!remove.length && target.length) await plan(task, target);
  await beginNote(task, { raid: { remove, create: [], target } satisfies Standing });
  const outcome = await goOn(task);
  if (outcome) return outcome;
  const { raid_config_status_interval: every } = task.config.redfish;
  return {
    is: 'wait',
    on: 'bmc',
    for: 'the RAID controller',
    lookEverySeconds: Math.max(1, every),
    withinSeconds: 6 * 3600,
  };
}

/** Do what can be done now; null where something is under way. */
async function goOn(task: Task): Promise<StepOutcome | null> {
  for (;;) {
    const at = standing(task);
    if (at.monitor && !(await hasEnded(task, at.monitor))) return null;
    if (at.remove.length) await removeNext(task, at);
    else if (at.target.length) await stand(task, { ...without(at), target: [], create: await plan(task, at.target) });
    else if (at.create.length) await createNext(task, at);
    else return finish(task, at);
    if (standing(task).monitor) return null;
  }
}

const without = ({ monitor: _, ...rest }: Standing): Standing => rest;

async function hasEnded(task: Task, monitor: string): Promise<boolean> {
  const progress = await task.house.redfish.task(redfishInfo(task), monitor, task.signal);
  if (progress.is === 'failed') throw new Error(`the RAID controller did not do it: ${progress.why}`);
  return progress.is === 'done';
}

const monitorIn = (task: Task, answer: Answer): { monitor?: string } => {
  const monitor = monitorOf(redfishInfo(task), answer);
  return monitor ? { monitor } : {};
};

async function removeNext(task: Task, at: Standing): Promise<void> {
  const [path, ...remove] = at.remove;
  const answer = await task.house.redfish.delete(redfishInfo(task), path!, task.signal).catch((error: unknown) => {
    if (RedfishRefused.is(error) && error.facts.status === 404) return undefined;
    throw error;
  });
  await stand(task, { ...without(at), remove, ...(answer && monitorIn(task, answer)) });
}

async function createNext(task: Task, at: Standing): Promise<void> {
  const [volume, ...create] = at.create;
  const controller = (await someControllers(task)).find(({ storage }) => storage.path === volume!.controller);
  if (!controller) throw new Error(`the RAID controller ${volume!.controller} is gone`);
  const late = controller.applyTimes.length > 0 && !controller.applyTimes.includes('Immediate');
  const answer = await createVolume(task, controller, volume!, late);
  const restart = late ? ({ restart: 'needed' } as const) : {};
  // A task of a change that waits for a start ends only with that start.
  await stand(task, { ...without(at), create, ...restart, ...(!late && monitorIn(task, answer)) });
}

async function createVolume(task: Task, controller: Controller, volume: PlannedVolume, late: boolean): Promise<Answer> {
  const level = levelOf(volume.level);
  const applyTime = controller.applyTimes.length
    ? { '@Redfish.OperationApplyTime': late ? 'OnReset' : 'Immediate' }
    : {};
  const drives = volume.drives.map((path) => ({ '@odata.id': path }));
  const rest = {
    ...(volume.bytes !== undefined && { CapacityBytes: volume.bytes }),
    ...(volume.name && { Name: volume.name }),
    ...applyTime,
  };
  try {
    return await post(task, controller.volumes, { RAIDType: level.type, Links: { Drives: drives }, ...rest });
  } catch (error) {
    const older =
      RedfishRefused.is(error) && error.facts.status === 400 && /RAIDType|Links|VolumeType/.test(error.facts.why);
    if (!older) throw error;
    return post(task, controller.volumes, { VolumeType: level.older, Drives: drives, ...rest });
  }
}

async function finish(task: Task, at: Standing): Promise<StepOutcome | null> {
  if (at.restart === 'needed') {
    await startAnew(task);
    await stand(task, { ...at, restart: 'begun' });
    return null;
  }
  if (at.restart === 'begun') {
    const { body } = await systemOf(task);
    if (body.PowerState !== 'On' || !ranAgain(task, undefined)) return null;
  }
  await keepBuilt(task);
  return ended(task);
}

/** What is there now is what the node has. */
async function keepBuilt(task: Task): Promise<void> {
  const logical_disks: Record<string, unknown>[] = [];
  for (const controller of await someControllers(task))
    for (const volume of await volumesOf(task, controller)) logical_disks.push(shown(volume, controller));
  const last_updated = new Date(task.clock.now()).toISOString();
  await task.save({ raid_config: logical_disks.length ? { logical_disks, last_updated } : {} });
}

const levelByType = new Map(Object.entries(raidLevels).map(([name, { type }]) => [type, name]));

function shown(volume: Resource, controller: Controller): Record<string, unknown> {
  const bytes = numberOf(volume.body.CapacityBytes);
  return {
    id: textOf(volume.body.Id) ?? volume.path,
    controller: textOf(controller.storage.body.Id) ?? controller.storage.path,
    raid_level: levelByType.get(textOf(volume.body.RAIDType) ?? '') ?? null,
    size_gb: bytes === undefined ? null : Math.floor(bytes / 1024 ** 3),
    volume_name: textOf(volume.body.Name) ?? null,
  };
}

const truth = (value: unknown, usual: boolean): boolean =>
  value === undefined || value === null ? usual : value === true || /^(true|yes|on|1)$/i.test(String(value));

/** Of the target, what the arguments let be made. */
function chosen(target: unknown, args: Readonly<Record<string, unknown>>): LogicalDisk[] {
  const root = truth(args.create_root_volume, true);
  const others = truth(args.create_nonroot_volumes, true);
  return logicalDisks(target).filter((disk) => (disk.is_root_volume === true ? root : others));
}

const flags = {
  create_root_volume: { help: 'Make the volume of the system. Default true.' },
  create_nonroot_volumes: { help: 'Make the other volumes. Default true.' },
};

const look: Step['look'] = (task) => goOn(task);

const deleteConfiguration: Step = {
  step: 'delete_configuration',
  in: { clean: 0, deploy: 0, service: 0 },
  again: true,
  look,
  async run(task) {
    const remove = await pathsToRemove(task);
    if (remove.length) return begin(task, { target: [], deleteExisting: true });
    await task.save({ raid_config: {} });
    return done;
  },
};

export const redfishRaid: RaidFace = {
  name: 'redfish',
  properties: redfishProperties,
  validate: (task) => void redfishInfo(task),
  validateTarget: (_task, target) => void logicalDisks(target),
  steps: [
    {
      step: 'create_configuration',
      in: { clean: 0 },
      args: { ...flags, delete_existing: { help: 'Delete the volumes that are there first. Default false.' } },
      look,
      run: (task, args) =>
        begin(task, {
          target: chosen(task.node.target_raid_config, args),
          deleteExisting: truth(args.delete_existing, false),
        }),
    },
    deleteConfiguration,
    {
      step: 'apply_configuration',
      in: { deploy: 0, service: 0 },
      args: {
        raid_config: { help: 'The RAID to build: an object with logical_disks.', required: true },
        ...flags,
        delete_existing: { help: 'Delete the volumes that are there first. Default true.' },
      },
      look,
      async run(task, args) {
        const target = chosen(args.raid_config, args);
        await task.save({ target_raid_config: { logical_disks: logicalDisks(args.raid_config) as unknown[] } });
        return begin(task, { target, deleteExisting: truth(args.delete_existing, true) });
      },
    },
  ],
};
