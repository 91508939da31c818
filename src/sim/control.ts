// A hand on the machines of a rack in another process: power, faults and console over HTTP, on loopback only.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineError, explain, Fault } from '#base/errors.ts';
import type { BodyAction } from './body.ts';
import { faultsFor, faultText, parseFault } from './faults.ts';
import type { Machine } from './machine.ts';
import type { Rack } from './rack.ts';

const BadControl = defineError('BadControl', 400, ({ why }: { why: string }) => `${why}.`);
const NothingThere = defineError(
  'NothingThere',
  404,
  ({ what }: { what: string }) =>
    `There is no ${what}; there are GET /machines, GET /machines/NAME[/console], PUT /machines/NAME/power|faults.`,
);

type Machines = Pick<Rack, 'machines' | 'machine'>;

export interface Control {
  readonly url: string;
  close(): Promise<void>;
}

const loopback = /^(127\.\d+\.\d+\.\d+|\[?::1\]?|localhost)$/;
const actions: readonly BodyAction[] = ['on', 'off', 'cycle', 'reset', 'soft', 'nmi'];
const MOST_BODY = 64 * 1024;

/** Open the control port at `ADDR:PORT`, which must be on loopback: it asks for no password. */
export async function startControl(rack: Machines, place: string): Promise<Control> {
  const found = /^(.+):(\d+)$/.exec(place);
  if (!found || !loopback.test(found[1]!)) {
    throw new BadControl({
      why: `The control port must be LOOPBACK-ADDRESS:PORT, such as 127.0.0.1:6399; not ${place}`,
    });
  }
  const server = createServer((message, response) => {
    answer(rack, message).then(
      (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => {
        const status = error instanceof Fault ? error.status : 500;
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: explain(error) }));
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(found[2]), found[1]!.replaceAll(/[[\]]/g, ''), resolve);
  });
  return {
    url: `http://${found[1]}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(rack: Machines, message: IncomingMessage): Promise<unknown> {
  const { pathname } = new URL(message.url ?? '/', 'http://rack');
  const [room, name, part] = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const what = `${message.method} ${pathname}`;
  if (room !== 'machines') throw new NothingThere({ what });
  if (message.method === 'GET' && name === undefined) return rack.machines.map(show);
  if (name === undefined) throw new NothingThere({ what });
  const machine = rack.machine(name);
  if (message.method === 'GET' && part === undefined) return show(machine);
  if (message.method === 'GET' && part === 'console') return { console: machine.hardware.console.text };
  if (message.method === 'PUT' && part === 'power') return setPower(machine, await readBody(message));
  if (message.method === 'PUT' && part === 'faults') return setFaults(machine, await readBody(message));
  throw new NothingThere({ what });
}

function show(machine: Machine) {
  const { identity, faults, disks, running, boots, bootMode } = machine.hardware;
  return {
    name: machine.name,
    uuid: identity.uuid,
    macs: identity.macs,
    power: machine.power(),
    running: machine.body.kind === 'qemu' ? 'qemu' : running.is,
    boots,
    boot_mode: bootMode,
    faults: [...faults].map(([name, value]) => faultText(name, value)),
    disks: disks.map(({ device, image, configDrive, erasures }) => ({
      device,
      image,
      config_drive_bytes: configDrive?.length ?? 0,
      erasures,
    })),
  };
}

async function setPower(machine: Machine, { power }: Record<string, unknown>) {
  const action = actions.find((known) => known === power);
  if (!action)
    throw new BadControl({ why: `"power" must be one of ${actions.join(', ')}; not ${JSON.stringify(power)}` });
  await machine.set(action);
  return show(machine);
}

function setFaults(machine: Machine, { faults }: Record<string, unknown>) {
  if (!Array.isArray(faults) || !faults.every((text) => typeof text === 'string')) {
    throw new BadControl({ why: '"faults" must be a list of texts such as "loss=5%"; an empty list takes all away' });
  }
  const wanted = faultsFor(machine.name, faults.map(parseFault));
  machine.hardware.faults.clear();
  for (const [name, value] of wanted) machine.hardware.faults.set(name, value);
  return show(machine);
}

async function readBody(message: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of message) {
    text += chunk;
    if (text.length > MOST_BODY) throw new BadControl({ why: 'The body is too long' });
  }
  try {
    const body: unknown = JSON.parse(text);
    if (body && typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // Told below, like any other body that is no object.
  }
  throw new BadControl({ why: 'The body must be a JSON object' });
}
