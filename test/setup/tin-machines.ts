// Machines without a BMC: what the "fake" power interface switches and sees while a test runs, instead of the record itself.
import { vi } from 'vitest';
import { fakePower } from '#drivers/fake/power.ts';
import { finalPower, type Power } from '#model/power.ts';
import type { Seen } from '#model/power-sync.ts';

export interface TinMachines {
  /** What each node's machine is in; `unreachable` and `error` are faults of its BMC. */
  readonly power: Map<string, Power>;
  readonly faults: Map<string, 'unreachable' | 'error' | 'stuck'>;
  /** How often a power state was read, and who is told when one is. */
  reads: number;
  onRead: ((node: string) => Promise<void>) | undefined;
  /** Conductors that were killed: they reach no machine any more. */
  readonly dead: WeakSet<object>;
  /** What was asked of the machines, in its order, and of which. */
  readonly asked: string[];
  readonly askedOf: string[];
  restore(): void;
}

export function tinMachines(): TinMachines {
  const machines: TinMachines = {
    power: new Map(),
    faults: new Map(),
    reads: 0,
    onRead: undefined,
    dead: new WeakSet(),
    asked: [],
    askedOf: [],
    restore() {
      read.mockRestore();
      ask.mockRestore();
    },
  };
  const alive = (task: object) => {
    if (machines.dead.has((task as { conductor: object }).conductor)) throw new Error('killed');
  };
  const of = (uuid: string): Power => machines.power.get(uuid) ?? 'power off';
  const read = vi.spyOn(fakePower, 'read').mockImplementation(async (task) => {
    const { node } = task;
    alive(task);
    machines.reads++;
    await machines.onRead?.(node.uuid);
    const fault = machines.faults.get(node.uuid);
    if (fault === 'unreachable') throw new Error('no answer from its BMC');
    return fault === 'error' ? 'error' : (of(node.uuid) satisfies Seen);
  });
  const ask = vi.spyOn(fakePower, 'ask').mockImplementation(async (task, target) => {
    const { node } = task;
    alive(task);
    machines.asked.push(target);
    machines.askedOf.push(node.uuid);
    if (machines.faults.get(node.uuid) === 'unreachable') throw new Error('no answer from its BMC');
    if (machines.faults.get(node.uuid) !== 'stuck') machines.power.set(node.uuid, finalPower[target]);
  });
  return machines;
}
