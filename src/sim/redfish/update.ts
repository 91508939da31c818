// Firmware of the machines of a rack: what there is, and how it is replaced.
import { explain } from '#base/errors.ts';
import { strikes } from '../faults.ts';
import type { Around, Route } from './around.ts';
import type { Board } from './board.ts';
import { pathsOf } from './paths.ts';
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

const at = '/redfish/v1/UpdateService';
/** What a real BMC needs for it. */
const updateMs = 120_000;

const partNames = { bios: 'BIOS', bmc: 'BMC' } as const;
type Part = keyof typeof partNames;

/** `{machine}.{part}` of an inventory path. */
function meantBy(id: string, { boards }: Around): { board: Board; part: Part } | undefined {
  const dot = id.lastIndexOf('.');
  const board = boards.get(decodeURIComponent(id.slice(0, dot)));
  const part = id.slice(dot + 1);
  return board && (part === 'bios' || part === 'bmc') ? { board, part } : undefined;
}

function show(id: string, around: Around): Answer {
  const found = meantBy(id, around);
  if (!found) return notFound(`${at}/FirmwareInventory/${id}`);
  const paths = pathsOf(found.board.machine.name);
  return ok(
    resource(paths.firmware(found.part), 'SoftwareInventory.v1_10_0.SoftwareInventory', id, partNames[found.part], {
      Version: found.board.versions[found.part],
      Updateable: true,
      Manufacturer: found.board.machine.hardware.identity.vendor,
      RelatedItem: [link(found.part === 'bios' ? paths.bios : paths.manager)],
      Status: health,
    }),
  );
}

/** The only machine of the rack, or the one that the targets name. */
function targetOf(targets: unknown, around: Around): { board: Board; part: Part } | undefined {
  const [first] = Array.isArray(targets) ? targets : [];
  if (typeof first === 'string') return meantBy(first.split('/').at(-1) ?? '', around);
  const [board, ...others] = around.boards.values();
  return board && !others.length ? { board, part: 'bios' } : undefined;
}

async function update(body: Json, around: Around): Promise<Answer> {
  const { ImageURI: image, Targets: targets } = body;
  if (typeof image !== 'string') return missing('ImageURI', 'UpdateService.SimpleUpdate');
  if (!/^https?:\/\//.test(image)) return badValue('ImageURI', image);
  const found = targetOf(targets, around);
  if (!found) return badValue('Targets', JSON.stringify(targets));
  const { board, part } = found;
  const { machine } = board;
  try {
    await around.discard(await around.fetch(image, machine.name));
  } catch (error) {
    return wrong(400, 'ResourceAtUriInUnknownFormat', `${image} could not be fetched: ${explain(error)}`);
  }
  // The name of the file tells the version, as makers' files do.
  const version = /(\d+(?:\.\d+)+)/.exec(image.split('/').at(-1)!)?.[1];
  const fails = version === undefined || strikes(machine.hardware.faults, 'bmc-task-fails', 'update');
  const end = () => {
    if (part === 'bios') board.stagedVersion = { version: version!, boots: machine.hardware.boots };
    else board.versions.bmc = version!;
    // A BMC with new firmware knows no session of before.
    if (part === 'bmc') around.users.forget();
  };
  return around.tasks.begin({
    name: 'Firmware update',
    machine: machine.name,
    ms: updateMs / around.speed,
    fails,
    end,
  });
}

export const updateRoutes: readonly Route[] = [
  [
    at,
    {
      GET: () =>
        ok(
          resource(at, 'UpdateService.v1_11_1.UpdateService', 'UpdateService', 'Update service', {
            ServiceEnabled: true,
            FirmwareInventory: link(`${at}/FirmwareInventory`),
            Actions: {
              '#UpdateService.SimpleUpdate': {
                target: `${at}/Actions/UpdateService.SimpleUpdate`,
                'TransferProtocol@Redfish.AllowableValues': ['HTTP', 'HTTPS'],
              },
            },
            Status: health,
          }),
        ),
    },
  ],
  [
    `${at}/FirmwareInventory`,
    {
      GET: (_asked, { boards }) => {
        const parts = Object.keys(partNames);
        const members = [...boards.keys()].flatMap((name) => parts.map((part) => pathsOf(name).firmware(part)));
        return ok(collection(`${at}/FirmwareInventory`, 'SoftwareInventory', members));
      },
    },
  ],
  [`${at}/FirmwareInventory/{id}`, { GET: ({ names }, around) => show(names.id!, around) }],
  [`${at}/Actions/UpdateService.SimpleUpdate`, { POST: ({ body }, around) => update(body, around) }],
];
