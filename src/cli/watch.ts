// Looking on while the service works at a node, until it comes to rest.
import type { Clock } from '#base/clock.ts';
import { type ApiClient, pathTo, type Row } from './api-client.ts';
import { Interrupted, TookTooLong, WorkFailed } from './exit-codes.ts';
import { atRest, type Look, lookAt, percentOf, watchedFields } from './progress.ts';

export interface Watch {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Name or UUID. */
  readonly node: string;
  /** The verb that was asked for, where one was. */
  readonly verb?: string;
  /** Told of every look, with per cent and the seconds since the beginning. */
  readonly show: (look: Look, percent: number, seconds: number) => void;
  readonly timeoutSeconds?: number | undefined;
  /** The longest time between two looks; usually a second. */
  readonly everyMs?: number;
  /** When to stop; usually when the node is at rest and nobody holds it. */
  readonly until?: (look: Look) => boolean;
}

export interface Watched {
  readonly node: Row;
  readonly look: Look;
  readonly seconds: number;
}

const firstPauseMs = 100;
const longestPauseMs = 1000;
/** Someone may hold a node that is at rest, for a power reading or longer; nobody waits for that. */
const heldMs = 5_000;

/** Look until the node rests. Throws TookTooLong, Interrupted, and what the client throws. */
export async function watch(order: Watch): Promise<Watched> {
  const { client, clock, signal, node, verb, show, timeoutSeconds } = order;
  const begun = clock.now();
  let restedAt: number | undefined;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.25, order.everyMs ?? longestPauseMs)) {
    const row = await interruptible(order, () =>
      client.get(pathTo('nodes', node), { fields: watchedFields.join(',') }),
    );
    const look = lookAt(row);
    const now = clock.now();
    const seconds = (now - begun) / 1000;
    show(look, percentOf(look, verb), seconds);
    const done = order.until ? order.until(look) : atRest(look);
    restedAt = done ? (restedAt ?? now) : undefined;
    if (restedAt !== undefined && (order.until || !look.reserved || now - restedAt > heldMs))
      return { node: row, look, seconds };
    if (timeoutSeconds !== undefined && seconds >= timeoutSeconds)
      throw new TookTooLong({ what: `Node ${node} (now ${look.state})`, seconds: timeoutSeconds, advice: goOn(node) });
    await interruptible(order, () => clock.sleep(pause, signal));
  }
}

const goOn = (node: string): string => `the service goes on working at it, watch again with "ingot node wait ${node}"`;

async function interruptible<T>({ signal, node }: Watch, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw new Interrupted({ advice: goOn(node) }, { cause: error });
    throw error;
  }
}

/** The state that each verb leads to when all goes well. */
export const goals: Readonly<Record<string, string>> = {
  manage: 'manageable',
  provide: 'available',
  active: 'active',
  rebuild: 'active',
  deleted: 'available',
  clean: 'manageable',
  inspect: 'manageable',
  adopt: 'active',
  rescue: 'rescue',
  unrescue: 'active',
  service: 'active',
};

/** Throws WorkFailed with the node's own reason unless it came to rest at `goal`. */
export function checkOutcome(node: string, { look }: Watched, goal: string | undefined): void {
  if (goal === undefined || look.state === goal) return;
  const held = look.state.endsWith(' hold')
    ? ` (a step of its plan holds it; go on with "ingot node unhold ${node}")`
    : '';
  const why = look.lastError ? `: ${look.lastError}` : '';
  throw new WorkFailed({
    why: `Node ${node} is ${look.state}${held}, not ${goal}${why || '; it gives no reason'}`,
  });
}
