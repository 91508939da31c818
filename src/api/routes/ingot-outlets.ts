// Who is told of what happens, how far, and what waits for nova; and the figures for Prometheus.
import { RouteNotFound } from '#contract/errors.ts';
import { cursors, newestHappening } from '#db/happenings.ts';
import { unsettledCallbacks, waitingCallbacks } from '#db/nova-callbacks.ts';
import type { NovaCallbackRow } from '#db/schema.ts';
import { type Ask, type Reply, route } from '../route.ts';

const mostShown = 1000;

const time = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());

async function showOutlets({ db, watch, args }: Ask): Promise<Reply> {
  const newest = await newestHappening(db.read);
  const here = new Map(watch?.outlets().map((one) => [one.name, one]));
  const known = (await cursors(db.read)).filter(({ outlet }) => here.has(outlet));
  const limit = Math.min(mostShown, (args.limit as number | undefined) ?? 100);
  const { count, oldest } = await waitingCallbacks(db.read);
  const callbacks = await unsettledCallbacks(db.read, limit);
  return {
    body: {
      outlets: known.map(({ outlet, happening_id, updated_at }) => ({
        name: outlet,
        cursor: happening_id,
        lag: newest - happening_id,
        updated_at: time(updated_at),
        failures: here.get(outlet)?.failures ?? 0,
        last_error: here.get(outlet)?.lastError ?? null,
        last_error_at: time(here.get(outlet)?.lastErrorAt),
      })),
      nova: {
        configured: here.has('nova'),
        waiting: count,
        oldest_since: time(oldest),
        callbacks: callbacks.map(shown),
      },
    },
  };
}

const shown = (row: NovaCallbackRow) => ({
  instance_uuid: row.instance_uuid,
  node_uuid: row.node_uuid,
  power_state: row.state,
  state: row.settled_as ?? 'waiting',
  since: time(row.since),
  attempts: row.attempts,
  next_at: row.settled_at === null ? time(row.next_at) : null,
  settled_at: time(row.settled_at),
  reason: row.last_error,
});

export const outletRoutes = [
  route({
    method: 'GET',
    path: '/ingot/v1/outlets',
    since: 1,
    policy: 'baremetal:conductor:get',
    query: { limit: { type: 'integer' } },
    handle: showOutlets,
  }),
  route({
    method: 'GET',
    path: '/metrics',
    since: 1,
    body: 'none',
    async handle({ watch, path }) {
      if (!watch?.metrics) throw new RouteNotFound({ path });
      const { type, text } = await watch.metrics();
      return { json: text, type };
    },
  }),
];
