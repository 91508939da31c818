import { InvalidStateRequested } from '#contract/errors.ts';
import type { NodeChanges } from '#drivers/kinds.ts';
import type { Happening } from '#events/catalog.ts';
import { after, eventsFrom, factsOf } from '#model/provision-states.ts';
import type { HeldTask } from './task.ts';

export interface Move {
  /** Other changes of the row, in the same transaction. */
  readonly changes?: NodeChanges;
  /** The state aimed at, where it is not the table's. */
  readonly target?: string;
  /** A waiting state: what for, and the seconds after which somebody looks (0: never). */
  readonly waitsFor?: string;
  readonly withinSeconds?: number;
  readonly error?: string;
  readonly also?: readonly Happening[];
}

/** Events that go on with what was begun: the target stays. */
const keepsTarget: ReadonlySet<string> = new Set(['wait', 'resume', 'hold', 'unhold', 'fail', 'abort']);

/**
 * Move the node along the state table, in one transaction with what else changes. Throws InvalidStateRequested where the
 * table has no such way.
 */
export async function move(task: HeldTask, on: string, how: Move = {}): Promise<void> {
  const { node } = task;
  const from = node.provision_state;
  const to = after(from, on);
  if (!to) throw new InvalidStateRequested({ action: on, node: node.uuid, state: from, can: eventsFrom(from) });
  const facts = factsOf(to)!;
  const now = task.clock.now();
  const kept = keepsTarget.has(on) ? node.target_provision_state : null;
  const target = facts.is === 'stable' ? null : (how.target ?? kept ?? facts.target ?? null);
  const waits = facts.is === 'waiting';
  const changes: NodeChanges = {
    ...inspectionTimes(from, to, now),
    ...how.changes,
    provision_state: to,
    target_provision_state: target,
    provision_updated_at: now,
    waits_for: waits ? (how.waitsFor ?? null) : null,
    deadline_at: waits && how.withinSeconds ? now + how.withinSeconds * 1000 : null,
  };
  await task.save(
    changes,
    {
      kind: 'state.changed',
      node: node.uuid,
      from,
      to,
      target,
      on,
      ...(how.error !== undefined && { error: how.error }),
    },
    ...(how.also ?? []),
  );
}

/** When an inspection began and ended (reference: conductor.md L103). */
function inspectionTimes(from: string, to: string, now: number): NodeChanges {
  if (to === 'inspecting' && from !== 'inspect wait')
    return { inspection_started_at: now, inspection_finished_at: null };
  if (to === 'inspect failed') return { inspection_started_at: null };
  if (to === 'manageable' && (from === 'inspecting' || from === 'inspect wait'))
    return { inspection_started_at: null, inspection_finished_at: now };
  return {};
}
