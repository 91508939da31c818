// The RAID controller of a machine: its drives, and the volumes that are made of them.
import { strikes } from '../faults.ts';
import type { Around, BoardRoute, Meant } from './around.ts';
import type { Volume } from './board.ts';
import {
  type Answer,
  badValue,
  collection,
  health,
  type Json,
  link,
  missing,
  notFound,
  ok,
  resource,
  wrong,
} from './reply.ts';

/** Fewest drives per level, and how many of n drives' worth of space it gives. */
const levels: Readonly<Record<string, { fewest: number; space: (drives: number) => number }>> = {
  RAID0: { fewest: 1, space: (n) => n },
  RAID1: { fewest: 2, space: () => 1 },
  RAID5: { fewest: 3, space: (n) => n - 1 },
  RAID6: { fewest: 4, space: (n) => n - 2 },
  RAID10: { fewest: 4, space: (n) => n / 2 },
};
/** What a real controller needs for it. */
const volumeMs = 20_000;

const drivePath = ({ paths }: Meant, id: string): string => `${paths.storage}/Drives/${id}`;

function show(meant: Meant): Json {
  const { board, paths } = meant;
  return resource(paths.storage, 'Storage.v1_15_0.Storage', 'RAID1', 'RAID controller', {
    StorageControllers: [
      {
        '@odata.id': `${paths.storage}#/StorageControllers/0`,
        MemberId: '0',
        Name: 'RAID controller',
        Model: 'SIMRAID',
        FirmwareVersion: '7.1',
        SupportedRAIDTypes: Object.keys(levels),
        SupportedDeviceProtocols: ['SAS', 'SATA'],
        Status: health,
      },
    ],
    Drives: board.drives.map(({ id }) => link(drivePath(meant, id))),
    Volumes: link(`${paths.storage}/Volumes`),
    Status: health,
  });
}

function drive(meant: Meant, id: string): Json | undefined {
  const { board } = meant;
  const found = board.drives.find((one) => one.id === id);
  if (!found) return undefined;
  const volumes = board.volumes.filter((volume) => volume.drives.includes(id));
  return resource(drivePath(meant, id), 'Drive.v1_17_0.Drive', id, id, {
    CapacityBytes: found.bytes,
    MediaType: found.media,
    Protocol: found.protocol,
    Model: 'SIMDISK',
    SerialNumber: `${board.machine.hardware.identity.serial}-${id}`,
    IndicatorLED: 'Off',
    Status: health,
    Links: { Volumes: volumes.map((volume) => link(`${meant.paths.storage}/Volumes/${volume.id}`)) },
  });
}

const shown = (meant: Meant, volume: Volume): Json =>
  resource(`${meant.paths.storage}/Volumes/${volume.id}`, 'Volume.v1_9_0.Volume', volume.id, volume.name, {
    RAIDType: volume.level,
    CapacityBytes: volume.bytes,
    Status: health,
    Links: { Drives: volume.drives.map((id) => link(drivePath(meant, id))) },
  });

function volumesOf(meant: Meant): Json {
  const at = `${meant.paths.storage}/Volumes`;
  return {
    ...collection(
      at,
      'Volume',
      meant.board.volumes.map(({ id }) => `${at}/${id}`),
    ),
    '@Redfish.OperationApplyTimeSupport': { SupportedValues: ['Immediate'] },
  };
}

function create(meant: Meant, body: Json, around: Around): Answer {
  const { board } = meant;
  const level = levels[String(body.RAIDType)];
  if (body.RAIDType === undefined) return missing('RAIDType', 'Volumes');
  if (!level) return badValue('RAIDType', body.RAIDType);
  const asked = ((body.Links as Json | undefined)?.Drives ?? []) as Json[];
  const ids = asked.map((one) => String(one['@odata.id']).split('/').at(-1)!);
  const drives = ids.map((id) => board.drives.find((one) => one.id === id));
  if (drives.some((one) => !one)) return badValue('Links/Drives', ids.join(', '));
  if (drives.length < level.fewest || (body.RAIDType === 'RAID10' && drives.length % 2))
    return wrong(400, 'ActionParameterValueConflict', `${body.RAIDType} needs at least ${level.fewest} drives.`);
  const smallest = Math.min(...drives.map((one) => one!.bytes));
  const room = smallest * level.space(drives.length);
  const used = board.volumes.filter((volume) => volume.drives.some((id) => ids.includes(id)));
  const left = room - used.reduce((sum, volume) => sum + volume.bytes, 0);
  const bytes = Number(body.CapacityBytes ?? left);
  if (!(bytes > 0 && bytes <= left)) return badValue('CapacityBytes', body.CapacityBytes ?? 0);
  board.volumesMade += 1;
  const id = String(board.volumesMade);
  const volume = { id, name: String(body.Name ?? `Volume ${id}`), level: String(body.RAIDType), bytes, drives: ids };
  return later(meant, around, 'Make a volume', () => void board.volumes.push(volume));
}

function remove(meant: Meant, id: string, around: Around): Answer {
  const at = meant.board.volumes.findIndex((volume) => volume.id === id);
  if (at < 0) return notFound(`${meant.paths.storage}/Volumes/${id}`);
  return later(meant, around, 'Delete a volume', () => {
    const index = meant.board.volumes.findIndex((volume) => volume.id === id);
    if (index >= 0) meant.board.volumes.splice(index, 1);
  });
}

function later({ board }: Meant, { tasks, speed }: Around, name: string, end: () => void): Answer {
  const { faults } = board.machine.hardware;
  const machine = board.machine.name;
  return tasks.begin({ name, machine, ms: volumeMs / speed, fails: strikes(faults, 'bmc-task-fails', 'volume'), end });
}

const at = '/redfish/v1/Systems/{machine}/Storage';

export const storageRoutes: readonly BoardRoute[] = [
  [at, { GET: (_asked, { paths }) => ok(collection(`${paths.system}/Storage`, 'Storage', [paths.storage])) }],
  [`${at}/RAID1`, { GET: (_asked, meant) => ok(show(meant)) }],
  [
    `${at}/RAID1/Drives/{id}`,
    {
      GET: (asked, meant) => {
        const body = drive(meant, asked.names.id!);
        return body ? ok(body) : notFound(asked.path);
      },
    },
  ],
  [
    `${at}/RAID1/Volumes`,
    {
      GET: (_asked, meant) => ok(volumesOf(meant)),
      POST: ({ body }, meant, around) => create(meant, body, around),
    },
  ],
  [
    `${at}/RAID1/Volumes/{id}`,
    {
      GET: (asked, meant) => {
        const volume = meant.board.volumes.find((one) => one.id === asked.names.id);
        return volume ? ok(shown(meant, volume)) : notFound(asked.path);
      },
      DELETE: ({ names }, meant, around) => remove(meant, names.id!, around),
    },
  ],
];
