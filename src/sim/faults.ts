import { defineError } from '#base/errors.ts';

type Takes = 'nothing' | 'duration' | 'percent' | 'count' | 'word' | 'power';

interface FaultKind {
  readonly takes: Takes;
  /** The value that counts when none is given; without it a value is a must. */
  readonly usual?: string;
  readonly tells: string;
}

/** Every fault that a simulated machine can be given: what it takes after `=`, and what it does. */
export const faultKinds = {
  latency: { takes: 'duration', tells: 'the BMC answers late by this much, such as 200ms or 1.5s' },
  loss: { takes: 'percent', tells: 'this share of the packets to and from the BMC is lost' },
  silent: { takes: 'nothing', tells: 'the BMC answers nothing at all' },
  'wrong-password': { takes: 'nothing', tells: 'the BMC refuses the password that it was announced with' },
  sessions: { takes: 'count', usual: '1', tells: 'the BMC has room for only so many sessions' },
  'stuck-power': {
    takes: 'power',
    usual: 'any',
    tells:
      'the BMC accepts power commands and nothing happens (with =on only while it is on, with =off only while it is off)',
  },
  'drop-reply-after-power': {
    takes: 'nothing',
    tells: 'a power command is carried out, its answer is lost; a repetition of the same request is answered',
  },
  'forget-boot-flag': {
    takes: 'nothing',
    tells: 'the BMC has forgotten the boot device when the machine starts: it starts from its disk or not at all',
  },
  'boot-loop': { takes: 'nothing', tells: 'the firmware starts again and again and never gets to booting' },
  'bmc-busy': { takes: 'percent', tells: 'the BMC answers this share of the Redfish requests with HTTP 503' },
  'bmc-task-fails': { takes: 'word', tells: 'a Redfish task of this kind (update, volume) ends as failed' },
  'agent-never-starts': { takes: 'nothing', tells: 'the ramdisk boots, its agent does not call' },
  'agent-dies-in': { takes: 'word', tells: 'the agent vanishes in the middle of this step' },
  'agent-step-fails': { takes: 'word', tells: 'the agent reports this step as failed' },
  'agent-version-changes': {
    takes: 'nothing',
    tells: 'the agent has another hardware manager version after each start of the ramdisk',
  },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof faultKinds;

/** What a machine suffers from: milliseconds for a duration, 0..1 for a percentage, `true` where nothing is taken. */
export type FaultSet = Map<FaultName, number | string | true>;

export interface FaultOrder {
  /** The machine that is meant; absent: all. */
  readonly machine?: string;
  readonly name: FaultName;
  readonly value: number | string | true;
}

const known = (): string =>
  Object.entries(faultKinds)
    .map(([name, { takes }]) => (takes === 'nothing' ? name : `${name}=${takes.toUpperCase()}`))
    .join(', ');

const UnknownFault = defineError(
  'UnknownFault',
  400,
  ({ fault }: { fault: string }) => `There is no fault "${fault}" for simulated machines; there are: ${known()}.`,
);

const BadFaultValue = defineError(
  'BadFaultValue',
  400,
  ({ fault, value, wants }: { fault: string; value: string; wants: string }) =>
    `The fault ${fault} cannot take "${value}": it wants ${wants}.`,
);

const readers: Record<Exclude<Takes, 'nothing'>, { wants: string; read(text: string): number | string | null }> = {
  duration: {
    wants: 'a duration such as 200ms or 1.5s',
    read: (text) => {
      const found = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text);
      return found ? Number(found[1]) * (found[2] === 's' ? 1000 : 1) : null;
    },
  },
  percent: {
    wants: 'a percentage from 0% to 100%',
    read: (text) => {
      const found = /^(\d+(?:\.\d+)?)%?$/.exec(text);
      const share = found ? Number(found[1]) / 100 : Number.NaN;
      return share >= 0 && share <= 1 ? share : null;
    },
  },
  count: { wants: 'a number from 1', read: (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : null) },
  word: { wants: 'the name of a step', read: (text) => (/^[\w.-]+$/.test(text) ? text : null) },
  power: { wants: 'on, off or any', read: (text) => (/^(on|off|any)$/.test(text) ? text : null) },
};

/** Read one `--fault` text: `loss=5%`, `stuck-power`, or for one machine only `NAME:silent`. */
export function parseFault(text: string): FaultOrder {
  const at = text.lastIndexOf(':');
  const machine = at >= 0 ? { machine: text.slice(0, at) } : {};
  const [name = '', ...rest] = text.slice(at + 1).split('=');
  if (!Object.hasOwn(faultKinds, name)) throw new UnknownFault({ fault: name });
  return { ...machine, name: name as FaultName, value: readValue(name as FaultName, rest.join('=')) };
}

function readValue(name: FaultName, text: string): number | string | true {
  const kind: FaultKind = faultKinds[name];
  if (kind.takes === 'nothing') {
    if (text) throw new BadFaultValue({ fault: name, value: text, wants: 'no value' });
    return true;
  }
  const reader = readers[kind.takes];
  const value = reader.read(text || (kind.usual ?? ''));
  if (value === null) throw new BadFaultValue({ fault: name, value: text, wants: reader.wants });
  return value;
}

/** A fault as `parseFault` reads it. */
export function faultText(name: FaultName, value: number | string | true): string {
  const { takes } = faultKinds[name];
  if (takes === 'nothing') return name;
  const unit = { duration: `${value}ms`, percent: `${Number((Number(value) * 100).toFixed(6))}%` };
  return `${name}=${unit[takes as 'duration' | 'percent'] ?? value}`;
}

/** One line per fault for people: how it is written, and what it does. */
export function faultLines(): string[] {
  return Object.entries(faultKinds as Record<string, FaultKind>).map(([name, { takes, usual, tells }]) => {
    const value = takes === 'nothing' ? '' : usual ? `[=${takes.toUpperCase()}]` : `=${takes.toUpperCase()}`;
    return `${name}${value}: ${tells}`;
  });
}

/** What the machine `name` suffers from, of all that was ordered; a later order for the same fault wins. */
export function faultsFor(name: string, orders: readonly FaultOrder[]): FaultSet {
  return new Map(orders.filter((o) => o.machine === undefined || o.machine === name).map((o) => [o.name, o.value]));
}

/** Whether the fault `name` strikes the step `step` (or whatever else its word names). */
export const strikes = (faults: FaultSet, name: FaultName, step: string): boolean => faults.get(name) === step;

/** Whether a power command to a machine that is `power` now changes nothing. */
export function powerIsStuck(faults: FaultSet, power: 'on' | 'off'): boolean {
  const stuck = faults.get('stuck-power');
  return stuck === 'any' || stuck === power;
}
