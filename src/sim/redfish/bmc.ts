// The BMC of a machine as a Manager: its clock, its address, and the virtual drives.
import { explain } from '#base/errors.ts';
import type { Around, BoardRoute, Meant } from './around.ts';
import type { MediaSlot } from './board.ts';
import {
  type Answer,
  badValue,
  collection,
  health,
  type Json,
  link,
  missing,
  notFound,
  nothing,
  ok,
  resource,
  wrong,
} from './reply.ts';

function show({ board, paths }: Meant, { clock }: Around): Json {
  const { identity } = board.machine.hardware;
  return resource(paths.manager, 'Manager.v1_18_0.Manager', identity.name, `BMC of ${identity.name}`, {
    ManagerType: 'BMC',
    Model: 'Simulated BMC',
    UUID: identity.uuid,
    FirmwareVersion: board.versions.bmc,
    DateTime: timeText(clock.now() + board.clockOffMs, board.clockZone),
    DateTimeLocalOffset: board.clockZone,
    PowerState: 'On',
    Status: health,
    EthernetInterfaces: link(`${paths.manager}/EthernetInterfaces`),
    VirtualMedia: link(paths.media),
    Links: { ManagerForServers: [link(paths.system)], ManagerForChassis: [link(paths.chassis)] },
    Actions: {
      '#Manager.Reset': {
        target: `${paths.manager}/Actions/Manager.Reset`,
        'ResetType@Redfish.AllowableValues': ['GracefulRestart', 'ForceRestart'],
      },
    },
  });
}

const zone = /^([+-])(\d\d):(\d\d)$/;

function timeText(now: number, local: string): string {
  const [, sign, hours, minutes] = zone.exec(local) ?? ['', '+', '00', '00'];
  const shift = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return new Date(now + shift).toISOString().replace(/\.\d+Z$/, local);
}

function patch({ board }: Meant, body: Json, { clock }: Around): Answer {
  const { DateTime, DateTimeLocalOffset } = body;
  if (DateTimeLocalOffset !== undefined && !zone.test(String(DateTimeLocalOffset)))
    return badValue('DateTimeLocalOffset', DateTimeLocalOffset);
  if (DateTime !== undefined && !Number.isFinite(Date.parse(String(DateTime)))) return badValue('DateTime', DateTime);
  if (DateTimeLocalOffset !== undefined) board.clockZone = String(DateTimeLocalOffset);
  if (DateTime !== undefined) board.clockOffMs = Date.parse(String(DateTime)) - clock.now();
  return nothing;
}

const takes: Readonly<Record<MediaSlot, readonly string[]>> = { Cd: ['CD', 'DVD'], Usb: ['USBStick', 'Floppy'] };
const slotOf = (name: string | undefined): MediaSlot | undefined =>
  name === 'Cd' || name === 'Usb' ? name : undefined;

function drive({ board, paths }: Meant, slot: MediaSlot): Json {
  const at = `${paths.media}/${slot}`;
  const medium = board.media[slot];
  return resource(at, 'VirtualMedia.v1_6_0.VirtualMedia', slot, `Virtual ${slot}`, {
    MediaTypes: takes[slot],
    Image: medium?.image ?? null,
    ImageName: medium?.image.split('/').at(-1) ?? null,
    Inserted: medium !== undefined,
    ConnectedVia: medium ? 'URI' : 'NotConnected',
    WriteProtected: true,
    TransferMethod: null,
    TransferProtocolType: null,
    Actions: {
      '#VirtualMedia.InsertMedia': { target: `${at}/Actions/VirtualMedia.InsertMedia` },
      '#VirtualMedia.EjectMedia': { target: `${at}/Actions/VirtualMedia.EjectMedia` },
    },
  });
}

async function insert(meant: Meant, slot: MediaSlot, body: Json, around: Around): Promise<Answer> {
  const { board } = meant;
  if (typeof body.Image !== 'string') return missing('Image', 'VirtualMedia.InsertMedia');
  if (!/^https?:\/\//.test(body.Image)) return badValue('Image', body.Image);
  if (board.media[slot]) return wrong(409, 'ResourceInUse', `There is a medium in ${slot} already.`);
  try {
    const file = await around.fetch(body.Image, board.machine.name);
    board.media[slot] = { image: body.Image, file };
    if (slot === 'Cd') await board.machine.body.insertMedia(file);
    board.machine.hardware.console.line(`virtual ${slot}: ${body.Image}`);
    return nothing;
  } catch (error) {
    return wrong(400, 'ResourceAtUriInUnknownFormat', `${body.Image} could not be fetched: ${explain(error)}`);
  }
}

async function eject({ board }: Meant, slot: MediaSlot, around: Around): Promise<Answer> {
  const medium = board.media[slot];
  if (!medium) return nothing;
  board.media[slot] = undefined;
  if (slot === 'Cd') await board.machine.body.ejectMedia();
  await around.discard(medium.file);
  return nothing;
}

const mediaAt = '/redfish/v1/Managers/{machine}/VirtualMedia';

const forSlot =
  (work: (meant: Meant, slot: MediaSlot, body: Json, around: Around) => Answer | Promise<Answer>) =>
  (asked: { names: Readonly<Record<string, string>>; path: string; body: Json }, meant: Meant, around: Around) => {
    const slot = slotOf(asked.names.id);
    return slot ? work(meant, slot, asked.body, around) : notFound(asked.path);
  };

function ethernet({ board, paths }: Meant): Json {
  const at = `${paths.manager}/EthernetInterfaces/1`;
  return resource(at, 'EthernetInterface.v1_9_0.EthernetInterface', '1', 'BMC network', {
    MACAddress: board.machine.hardware.identity.bmcMac,
    Status: health,
  });
}

export const bmcRoutes: readonly BoardRoute[] = [
  [
    '/redfish/v1/Managers/{machine}',
    {
      GET: (_asked, meant, around) => ok(show(meant, around)),
      PATCH: ({ body }, meant, around) => patch(meant, body, around),
    },
  ],
  [
    '/redfish/v1/Managers/{machine}/Actions/Manager.Reset',
    {
      POST: (_asked, _meant, { users }) => {
        users.forget();
        return nothing;
      },
    },
  ],
  [
    '/redfish/v1/Managers/{machine}/EthernetInterfaces',
    {
      GET: (_asked, { paths }) => {
        const at = `${paths.manager}/EthernetInterfaces`;
        return ok(collection(at, 'EthernetInterface', [`${at}/1`]));
      },
    },
  ],
  [
    '/redfish/v1/Managers/{machine}/EthernetInterfaces/{id}',
    { GET: (asked, meant) => (asked.names.id === '1' ? ok(ethernet(meant)) : notFound(asked.path)) },
  ],
  [
    mediaAt,
    {
      GET: (_asked, { paths }) =>
        ok(
          collection(
            paths.media,
            'VirtualMedia',
            Object.keys(takes).map((slot) => `${paths.media}/${slot}`),
          ),
        ),
    },
  ],
  [`${mediaAt}/{id}`, { GET: forSlot((meant, slot) => ok(drive(meant, slot))) }],
  [`${mediaAt}/{id}/Actions/VirtualMedia.InsertMedia`, { POST: forSlot(insert) }],
  [
    `${mediaAt}/{id}/Actions/VirtualMedia.EjectMedia`,
    { POST: forSlot((meant, slot, _body, around) => eject(meant, slot, around)) },
  ],
];
