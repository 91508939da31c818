// Shards, events of the network service, and the question whether the service is well.

import { isUuid } from '#base/ids.ts';
import { InvalidParameterValue, NotFound, RouteNotFound } from '#contract/errors.ts';
import { isMac } from '#contract/values.ts';
import { countShards } from '#db/node-list.ts';
import { type Reply, route } from '../route.ts';

const kinds = ['network.bind_port', 'network.unbind_port', 'network.delete_port'];
const needed = ['event', 'port_id', 'mac_address', 'status'];
const known = [...needed, 'device_id', 'binding:host_id', 'binding:vnic_type'];

function checkEvent(event: unknown, at: number): void {
  const wrong = (why: string) => new InvalidParameterValue({ why: `events, entry ${at}: ${why}.` });
  if (typeof event !== 'object' || event === null || Array.isArray(event)) throw wrong('an object is accepted');
  const given = event as Record<string, unknown>;
  const lacking = needed.filter((key) => !Object.hasOwn(given, key));
  const extra = Object.keys(given).filter((key) => !known.includes(key));
  if (lacking.length) throw wrong(`"${lacking.join('", "')}" is missing`);
  if (extra.length) throw wrong(`"${extra.join('", "')}" is not taken; there are ${known.join(', ')}`);
  if (!kinds.includes(String(given.event))) throw wrong(`event: one of ${kinds.join(', ')} is accepted`);
  if (!isUuid(String(given.port_id))) throw wrong('port_id: a UUID is needed');
  if (!isMac(String(given.mac_address))) throw wrong('mac_address: a MAC address is needed');
  for (const key of ['device_id', 'binding:host_id'])
    if (given[key] != null && !isUuid(String(given[key]))) throw wrong(`${key}: a UUID is needed`);
}

function postEvents(body: unknown): Reply {
  const { events, ...extra } = (body ?? {}) as { events?: unknown };
  if (!Array.isArray(events) || events.length === 0 || Object.keys(extra).length)
    throw new InvalidParameterValue({ why: 'The body has to be {"events": [...]}, with one at least.' });
  for (const [at, event] of events.entries()) checkEvent(event, at);
  return { status: 204 };
}

export const smallRoutes = [
  route({
    method: 'GET',
    path: '/v1/shards',
    since: 82,
    before: 'not served',
    policy: 'baremetal:shards:get',
    handle: async ({ db }) => ({ body: { shards: await countShards(db.read) } }),
  }),
  route({
    method: 'GET',
    path: '/v1/shards/{shard}',
    since: 82,
    handle({ path }) {
      throw new NotFound({ why: `There is nothing at ${path}: shards are listed only.` });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/events',
    since: 54,
    before: 'not served',
    policy: 'baremetal:events:post',
    body: 'json',
    handle: ({ body }) => postEvents(body),
  }),
  // Answered before anybody is asked who they are (health.ts); whoever comes to this finds it somewhere else, or nowhere.
  ...(['/healthcheck', '/healthcheck/{part}'] as const).map((path) =>
    route({
      method: 'GET',
      path,
      since: 1,
      body: 'none',
      handle(ask) {
        throw new RouteNotFound({ path: ask.path });
      },
    }),
  ),
];
