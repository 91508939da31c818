// A machine as a ComputerSystem: power, boot override, and what is in it.

import type { BodyAction } from '../body.ts';
import { readFlags } from '../boot-parameters.ts';
import type { BoardRoute, Meant } from './around.ts';
import {
  type Answer,
  badValue,
  collection,
  health,
  type Json,
  link,
  missing,
  nothing,
  ok,
  resource,
  wrong,
} from './reply.ts';

const resets: Readonly<Record<string, BodyAction>> = {
  On: 'on',
  ForceOn: 'on',
  ForceOff: 'off',
  ForceRestart: 'reset',
  PowerCycle: 'cycle',
  GracefulShutdown: 'soft',
  GracefulRestart: 'reset',
  Nmi: 'nmi',
};

/** Redfish's devices and IPMI's selectors for them: both faces show the same order. */
const selectors: Readonly<Record<string, number>> = { None: 0, Pxe: 1, Hdd: 2, Cd: 5, BiosSetup: 6, Usb: 9 };
const enabledWords = ['Disabled', 'Once', 'Continuous'];
const modeWords = ['UEFI', 'Legacy'];

const FLAGS = 5;
const KEEP = 3;

function bootOf({ board }: Meant): Json {
  const data = board.machine.bootParameters.get(FLAGS) ?? new Uint8Array(5);
  const flags = readFlags(data);
  const selector = ((data[1] ?? 0) >> 2) & 0x0f;
  const target = Object.entries(selectors).find(([, code]) => code === selector)?.[0] ?? 'None';
  return {
    BootSourceOverrideEnabled: flags.valid ? (flags.persistent ? 'Continuous' : 'Once') : 'Disabled',
    BootSourceOverrideTarget: flags.valid ? target : 'None',
    BootSourceOverrideMode: (flags.valid ? flags.efi : board.machine.hardware.bootMode === 'uefi') ? 'UEFI' : 'Legacy',
    'BootSourceOverrideTarget@Redfish.AllowableValues': Object.keys(selectors),
    'BootSourceOverrideEnabled@Redfish.AllowableValues': enabledWords,
    'BootSourceOverrideMode@Redfish.AllowableValues': modeWords,
  };
}

function setBoot(meant: Meant, order: Json): Answer {
  const now = bootOf(meant);
  const target = String(order.BootSourceOverrideTarget ?? now.BootSourceOverrideTarget);
  const enabled = String(order.BootSourceOverrideEnabled ?? now.BootSourceOverrideEnabled);
  const mode = String(order.BootSourceOverrideMode ?? now.BootSourceOverrideMode);
  if (!Object.hasOwn(selectors, target)) return badValue('BootSourceOverrideTarget', target);
  if (!enabledWords.includes(enabled)) return badValue('BootSourceOverrideEnabled', enabled);
  if (!modeWords.includes(mode)) return badValue('BootSourceOverrideMode', mode);
  const { machine } = meant.board;
  if (order.BootSourceOverrideMode !== undefined) machine.hardware.bootMode = mode === 'UEFI' ? 'uefi' : 'bios';
  const flags =
    (enabled === 'Disabled' ? 0 : 0x80) | (enabled === 'Continuous' ? 0x40 : 0) | (mode === 'UEFI' ? 0x20 : 0);
  machine.bootParameters.set(KEEP, Uint8Array.of(0x08));
  machine.bootParameters.set(FLAGS, Uint8Array.of(flags, selectors[target]! << 2, 0, 0, 0));
  return nothing;
}

function show(meant: Meant): Json {
  const { board, paths } = meant;
  const { hardware } = board.machine;
  const { identity } = hardware;
  const at = paths.system;
  return resource(at, 'ComputerSystem.v1_20_0.ComputerSystem', identity.name, identity.name, {
    UUID: identity.uuid,
    SerialNumber: identity.serial,
    SKU: `${identity.product.replaceAll(' ', '-')}-SKU`,
    AssetTag: identity.assetTag,
    Manufacturer: identity.vendor,
    Model: identity.product,
    SystemType: 'Physical',
    HostName: identity.name,
    PowerState: board.machine.power() === 'on' ? 'On' : 'Off',
    BiosVersion: board.versions.bios,
    IndicatorLED: board.led,
    Status: { ...health, HealthRollup: 'OK' },
    Boot: bootOf(meant),
    ProcessorSummary: { Count: 1, LogicalProcessorCount: identity.cpus, Model: 'Simulated CPU', Status: health },
    MemorySummary: { TotalSystemMemoryGiB: identity.memoryMb / 1024, Status: health },
    Bios: link(paths.bios),
    SecureBoot: link(paths.secureBoot),
    Processors: link(`${at}/Processors`),
    Memory: link(`${at}/Memory`),
    EthernetInterfaces: link(`${at}/EthernetInterfaces`),
    Storage: link(`${at}/Storage`),
    SimpleStorage: link(`${at}/SimpleStorage`),
    Links: { Chassis: [link(paths.chassis)], ManagedBy: [link(paths.manager)] },
    Actions: {
      '#ComputerSystem.Reset': {
        target: `${at}/Actions/ComputerSystem.Reset`,
        'ResetType@Redfish.AllowableValues': Object.keys(resets),
      },
    },
  });
}

async function reset({ board }: Meant, type: unknown): Promise<Answer> {
  if (type === undefined) return missing('ResetType', 'ComputerSystem.Reset');
  const action = Object.hasOwn(resets, String(type)) ? resets[String(type)] : undefined;
  if (!action) return badValue('ResetType', type);
  if (action !== 'on' && action !== 'off' && board.machine.power() === 'off')
    return wrong(
      409,
      'ActionNotSupported',
      `The action ${type} is not possible while the machine is off.`,
      String(type),
    );
  await board.machine.command(action);
  return nothing;
}

function patch(meant: Meant, body: Json): Answer {
  const led = body.IndicatorLED;
  if (led !== undefined && led !== 'Lit' && led !== 'Blinking' && led !== 'Off') return badValue('IndicatorLED', led);
  if (led !== undefined) meant.board.led = led;
  const boot = body.Boot;
  return typeof boot === 'object' && boot !== null ? setBoot(meant, boot as Json) : nothing;
}

function processor({ board, paths }: Meant): Json {
  return resource(`${paths.system}/Processors/CPU1`, 'Processor.v1_17_0.Processor', 'CPU1', 'Processor', {
    ProcessorType: 'CPU',
    ProcessorArchitecture: 'x86',
    InstructionSet: 'x86-64',
    Manufacturer: board.machine.hardware.identity.vendor,
    Model: 'Simulated CPU',
    MaxSpeedMHz: 2400,
    TotalCores: board.machine.hardware.identity.cpus / 2,
    TotalThreads: board.machine.hardware.identity.cpus,
    Status: health,
  });
}

function memory({ board, paths }: Meant): Json {
  return resource(`${paths.system}/Memory/DIMM1`, 'Memory.v1_17_0.Memory', 'DIMM1', 'DIMM 1', {
    CapacityMiB: board.machine.hardware.identity.memoryMb,
    MemoryDeviceType: 'DDR5',
    OperatingSpeedMhz: 4800,
    Status: health,
  });
}

function nic({ board, paths }: Meant, id: string): Json | undefined {
  const index = Number(/^NIC(\d+)$/.exec(id)?.[1]) - 1;
  const mac = board.machine.hardware.identity.macs[index];
  if (mac === undefined) return undefined;
  return resource(`${paths.system}/EthernetInterfaces/${id}`, 'EthernetInterface.v1_9_0.EthernetInterface', id, id, {
    MACAddress: mac,
    PermanentMACAddress: mac,
    SpeedMbps: 10_000,
    LinkStatus: index === 0 ? 'LinkUp' : 'LinkDown',
    Status: health,
  });
}

function simpleStorage({ board, paths }: Meant): Json {
  return resource(`${paths.system}/SimpleStorage/1`, 'SimpleStorage.v1_3_1.SimpleStorage', '1', 'Disks', {
    Devices: board.machine.hardware.disks.map((disk) => ({
      Name: disk.device,
      Model: disk.model,
      CapacityBytes: disk.bytes,
      Status: health,
    })),
  });
}

const list = (kind: string, name: string, ids: (meant: Meant) => readonly string[]): BoardRoute => [
  `/redfish/v1/Systems/{machine}/${name}`,
  {
    GET: (_asked, meant) => {
      const at = `${meant.paths.system}/${name}`;
      return ok(
        collection(
          at,
          kind,
          ids(meant).map((id) => `${at}/${id}`),
        ),
      );
    },
  },
];

const member = (name: string, find: (meant: Meant, id: string) => Json | undefined): BoardRoute => [
  `/redfish/v1/Systems/{machine}/${name}/{id}`,
  {
    GET: (asked, meant) => {
      const body = find(meant, asked.names.id!);
      return body ? ok(body) : wrong(404, 'ResourceMissingAtURI', `The resource at ${asked.path} was not found.`);
    },
  },
];

export const systemRoutes: readonly BoardRoute[] = [
  [
    '/redfish/v1/Systems/{machine}',
    { GET: (_asked, meant) => ok(show(meant)), PATCH: ({ body }, meant) => patch(meant, body) },
  ],
  [
    '/redfish/v1/Systems/{machine}/Actions/ComputerSystem.Reset',
    { POST: ({ body }, meant) => reset(meant, body.ResetType) },
  ],
  list('Processor', 'Processors', () => ['CPU1']),
  member('Processors', (meant, id) => (id === 'CPU1' ? processor(meant) : undefined)),
  list('Memory', 'Memory', () => ['DIMM1']),
  member('Memory', (meant, id) => (id === 'DIMM1' ? memory(meant) : undefined)),
  list('EthernetInterface', 'EthernetInterfaces', ({ board }) =>
    board.machine.hardware.identity.macs.map((_, index) => `NIC${index + 1}`),
  ),
  member('EthernetInterfaces', nic),
  list('SimpleStorage', 'SimpleStorage', () => ['1']),
  member('SimpleStorage', (meant, id) => (id === '1' ? simpleStorage(meant) : undefined)),
];
