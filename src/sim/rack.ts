// A rack: many simulated machines in one process, each with its BMC.

import { Agent } from 'undici';
import { type Clock, systemClock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import { type Log, silent } from '#base/log.ts';
import { createBmcServer, type ListeningBmc } from '#protocols/ipmi/server/bmc-server.ts';
import { type AgentDoors, ownDoors, sharedDoor } from './agent-door.ts';
import type { Body, BootChoice, BootDevice } from './body.ts';
import { type FaultOrder, faultsFor, parseFault } from './faults.ts';
import { type Hardware, newHardware } from './hardware.ts';
import { identityOf } from './identity.ts';
import { openIpmiFace } from './ipmi-face.ts';
import { Machine, type SavedMachine } from './machine.ts';
import { pace } from './pace.ts';
import { type Place, placesFrom } from './places.ts';
import { loadRack, RackFile } from './rack-file.ts';
import { pathsOf } from './redfish/paths.ts';
import { openRedfishFace, type RedfishFace } from './redfish/redfish-face.ts';
import { StateBody } from './state-body.ts';

/** Makes the inside of machine number `index`; `nextBoot` is asked when the guest starts its machine again. */
export type BodyMaker = (hardware: Hardware, nextBoot: () => BootChoice, index: number) => Promise<Body>;

export interface RackOptions {
  readonly count: number;
  /** `ADDR:PORT` of the first BMC; port 0 is any free one, for each. */
  readonly ipmi: string;
  readonly spread?: 'ports' | 'addresses';
  /** `ADDR:PORT` of the Redfish service of all BMCs; port 0 is any free one. Absent: there is none. */
  readonly redfish?: string;
  /** Redfish over HTTPS, with a certificate that nobody signed. */
  readonly redfishTls?: boolean;
  /** Texts as `--fault` takes them. */
  readonly faults?: readonly string[];
  /** The folder of `boot.ipxe`, where machines ask what to boot. */
  readonly bootUrl?: string;
  /** Without a boot folder: the API that the agents call. */
  readonly apiUrl?: string;
  /** 1 is the pace of real machines; usually 100. */
  readonly speed?: number;
  readonly username?: string;
  readonly password?: string;
  /** Machines are called this and their number, from 1. */
  readonly namePrefix?: string;
  /** Where the machines' state is kept; absent: nowhere. */
  readonly stateDir?: string;
  /** `shared`: one plain HTTP port for all agents; usually from 257 machines on. */
  readonly agents?: 'own' | 'shared';
  readonly tls?: 'auto' | 'never';
  readonly usualBoot?: BootDevice;
  /** Network cards of each machine; usually 2. */
  readonly nics?: number;
  /** Other bodies than states with simulated agents, such as QEMU's. */
  readonly body?: BodyMaker;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** What a user needs to enrol one machine. */
export interface MachineDescription {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly macs: readonly string[];
  readonly redfish_address?: string;
  readonly redfish_system_id?: string;
}

export const NoSuchMachine = defineError(
  'NoSuchMachine',
  404,
  (p: { name: string; known: string }) => `There is no simulated machine "${p.name}"; there are ${p.known}.`,
);

export interface Rack {
  readonly machines: readonly Machine[];
  readonly descriptions: readonly MachineDescription[];
  /** The machine of that name; throws NoSuchMachine. */
  machine(name: string): Machine;
  readonly redfish?: RedfishFace;
  close(): Promise<void>;
}

const SHARED_FROM = 257;
const OPENING_AT_ONCE = 64;

/** Start a rack; resolves when every BMC answers. What was opened is closed again when one of them cannot be. */
export async function startRack(options: RackOptions): Promise<Rack> {
  const { clock = systemClock, log = silent, count, stateDir } = options;
  const places = placesFrom(options.ipmi, count, options.spread);
  const orders = (options.faults ?? []).map(parseFault);
  const saved = stateDir ? await loadRack(stateDir) : new Map<string, SavedMachine>();
  const shared = (options.agents ?? (count >= SHARED_FROM ? 'shared' : 'own')) === 'shared';
  const parts: Parts = {
    options,
    clock,
    log,
    doors: shared ? await sharedDoor() : ownDoors(),
    http: agentHttp(),
  };
  const machines: Machine[] = [];
  const bmcs: ListeningBmc[] = [];
  const server = createBmcServer({ clock, log });
  let file: RackFile | undefined;
  let redfish: RedfishFace | undefined;
  const close = async () => {
    await file?.close();
    await redfish?.close();
    await server.close();
    await Promise.all(machines.map((machine) => machine.close()));
    await parts.doors.close();
    await parts.http.destroy();
  };
  try {
    for (const [index, place] of places.entries()) machines.push(await makeMachine(parts, orders, place, index));
    checkOrders(orders, machines);
    for (const machine of machines) await wake(machine, saved.get(machine.name));
    for (let from = 0; from < count; from += OPENING_AT_ONCE) {
      const some = machines.slice(from, from + OPENING_AT_ONCE);
      const open = (machine: Machine, i: number) =>
        openIpmiFace(server, machine, places[from + i]!, credentials(options), clock);
      for (const opened of await Promise.allSettled(some.map(open))) {
        if (opened.status === 'rejected') throw opened.reason;
        bmcs.push(opened.value);
      }
    }
    if (options.redfish !== undefined) redfish = await openRedfish(options, options.redfish, machines, parts);
  } catch (error) {
    await close();
    throw error;
  }
  if (stateDir) file = new RackFile(stateDir, machines, clock, log);
  const named = new Map(machines.map((machine) => [machine.name, machine]));
  return {
    machines,
    descriptions: machines.map((machine, i) => describe(options, machine, bmcs[i]!, redfish)),
    ...(redfish && { redfish }),
    machine(name) {
      const found = named.get(name);
      if (!found) throw new NoSuchMachine({ name, known: namesOf(machines) });
      return found;
    },
    close,
  };
}

interface Parts {
  readonly options: RackOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly doors: AgentDoors;
  readonly http: Agent;
}

/** What all machines of a rack fetch and call through; like an agent with ipa-insecure, it takes any certificate. */
const agentHttp = (): Agent =>
  new Agent({
    connections: 256,
    keepAliveTimeout: 1_000,
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
    connect: { rejectUnauthorized: false },
  });

const credentials = ({ username = 'admin', password = 'password' }: RackOptions) => ({ username, password });

function describe(
  options: RackOptions,
  machine: Machine,
  { address, port }: Place,
  redfish: RedfishFace | undefined,
): MachineDescription {
  const { name } = machine;
  const at = redfish && { redfish_address: redfish.url, redfish_system_id: pathsOf(name).system };
  return { name, address, port, ...credentials(options), macs: machine.hardware.identity.macs, ...at };
}

function openRedfish(
  options: RackOptions,
  place: string,
  machines: readonly Machine[],
  { clock, log }: Parts,
): Promise<RedfishFace> {
  const { speed = 100, redfishTls: tls = false } = options;
  const [at] = placesFrom(place, 1);
  return openRedfishFace({ place: at!, machines, credentials: credentials(options), clock, log, speed, tls });
}

async function makeMachine(parts: Parts, orders: readonly FaultOrder[], place: Place, index: number): Promise<Machine> {
  const { options, clock } = parts;
  const identity = identityOf(options.namePrefix ?? 'sim-', index, options.nics);
  const hardware = newHardware(identity, faultsFor(identity.name, orders));
  const nextBoot = () => machine.nextBoot();
  const body = options.body
    ? await options.body(hardware, nextBoot, index)
    : stateBody(parts, hardware, nextBoot, place.address);
  const { usualBoot } = options;
  const machine: Machine = new Machine({ hardware, clock, body, ...(usualBoot && { usualBoot }) });
  return machine;
}

function stateBody(parts: Parts, hardware: Hardware, nextBoot: () => BootChoice, bmcAddress: string): Body {
  const { options, clock, log, doors, http } = parts;
  const { speed = 100, bootUrl, apiUrl, tls = 'auto' } = options;
  const source = { ...(bootUrl !== undefined && { bootUrl }), ...(apiUrl !== undefined && { apiUrl }) };
  const around = { clock, log, doors, http, source, speed, pace: pace(speed), tls };
  return new StateBody({ ...around, hardware, nextBoot, bmcAddress });
}

/** A machine as it was when the simulator ended, as after a power failure: what was on starts again from what it has. */
async function wake(machine: Machine, saved: SavedMachine | undefined): Promise<void> {
  if (!saved) return;
  machine.restore(saved);
  if (saved.power === 'off') return;
  const { body, hardware } = machine;
  if (body instanceof StateBody && hardware.disks[0]?.image) body.restoreRunning();
  else await machine.set('on');
}

function checkOrders(orders: readonly FaultOrder[], machines: readonly Machine[]): void {
  for (const { machine } of orders) {
    if (machine === undefined || machines.some(({ name }) => name === machine)) continue;
    throw new NoSuchMachine({ name: machine, known: namesOf(machines) });
  }
}

const namesOf = (machines: readonly Machine[]): string =>
  machines.length > 1 ? `${machines[0]?.name} to ${machines.at(-1)?.name}` : (machines[0]?.name ?? 'none');
