// Where unknown machines may report, and what is made of what they say of themselves.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { NotFound } from '#contract/errors.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { createNode } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import type { Orders } from './orders.ts';
import { type Api, buildApi } from './server.ts';
import type { ApiSettings } from './settings.ts';

const uuid = '6a7b1c2d-0000-4000-8000-0000000000d1';
let db: Db;
let api: Api | undefined;
let node: NodeRow;
let known: NodeRow | undefined;
const order: string[] = [];
const orders = {
  conductorOf: () => null,
  findInspected: vi.fn(async () => known),
  discover: vi.fn(async () => node),
  lookup: vi.fn(async () => {
    order.push('token');
    return { token: 't'.repeat(32) };
  }),
  continueInspection: vi.fn(async (_data: { plugin_data: object; discovered?: boolean }) => void order.push('work')),
};

beforeEach(async () => {
  db = await openDb({ url: 'sqlite::memory:', log: silent, clock: systemClock });
  node = await db.write((tx) => createNode(tx, { uuid, driver: 'ipmi', provision_state: 'enroll' } as never));
  known = undefined;
  order.length = 0;
  vi.clearAllMocks();
});
afterEach(async () => {
  await api?.close();
  await db.close();
});

const inventory = { interfaces: [{ mac_address: '52:54:00:00:00:01' }] };

async function report(body: object, settings: Partial<ApiSettings> = {}, minor = 84): Promise<Response> {
  const parts = { db, orders: orders as unknown as Orders, clock: systemClock, log: silent };
  api = buildApi({ ...parts, settings });
  const port = await api.listen('127.0.0.1', 0);
  return fetch(`http://127.0.0.1:${port}/v1/continue_inspection`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-OpenStack-Ironic-API-Version': `1.${minor}` },
    body: JSON.stringify(body),
  });
}

test('an unknown machine is enrolled, told its token, and then worked on', async () => {
  const reply = await report({ inventory, root_disk: null });
  expect(reply.status).toBe(202);
  expect(await reply.json()).toMatchObject({ node: { uuid }, config: { agent_token: 't'.repeat(32) } });
  expect(orders.continueInspection).toHaveBeenCalledWith(
    expect.objectContaining({ node: uuid, discovered: true, plugin_data: { root_disk: null, auto_discovered: true } }),
  );
  expect(order).toEqual(['token', 'work']);
});

test('where machines boot elsewhere it is told no more than any stranger', async () => {
  expect((await report({ inventory }, { discovers: false })).status).toBe(404);
  expect(orders.discover).not.toHaveBeenCalled();
  expect(orders.continueInspection).not.toHaveBeenCalled();
});

test('where nobody is enrolled by discovery it is told the same', async () => {
  orders.discover.mockRejectedValueOnce(new NotFound({ why: 'There is no node here.' }));
  expect((await report({ inventory })).status).toBe(404);
});

test('a machine cannot say of itself that it was discovered', async () => {
  known = node;
  expect((await report({ inventory, auto_discovered: true, x: 1 })).status).toBe(202);
  expect(orders.continueInspection).toHaveBeenCalledWith(
    expect.objectContaining({ discovered: false, plugin_data: { x: 1 } }),
  );
});

test('a machine that tells nothing of itself is asked for more', async () => {
  expect((await report({ inventory: { interfaces: [] } })).status).toBe(400);
});

test('an old ramdisk is told its UUID alone', async () => {
  expect(await (await report({ inventory }, {}, 1)).json()).toEqual({ uuid });
  expect(order).toEqual(['work']);
});
