import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { silent } from '#base/log.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { setTraits } from '#db/node-traits.ts';
import { createNode, saveNode } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import type { Orders } from './orders.ts';
import { type Api, buildApi } from './server.ts';

const orders = { conductorOf: () => 'here' } as unknown as Orders;
const owners = [null, 'a', 'b'];
const nodes: NodeRow[] = [];

let db: Db;
let api: Api;
let base: string;

beforeAll(async () => {
  db = await openDb({ url: 'sqlite://:memory:', log: silent, clock: systemClock });
  for (let n = 0; n < 23; n++) {
    const values = {
      uuid: newUuid(),
      driver: 'd',
      name: `n${n % 7}-${n}`,
      owner: owners[n % 3]!,
      maintenance: n % 2 === 0,
    };
    nodes.push(await db.write((tx) => createNode(tx, { ...values, provision_state: 'enroll' } as never)));
  }
  api = buildApi({ db, orders, clock: systemClock, log: silent });
  base = `http://127.0.0.1:${await api.listen('127.0.0.1', 0)}`;
});

afterAll(async () => {
  await api.close();
  await db.close();
});

interface Page {
  readonly nodes: readonly { readonly uuid: string; readonly [field: string]: unknown }[];
  readonly next?: string;
}

const page = async (path: string, version = '1.115'): Promise<Page> => {
  const answer = await fetch(path.startsWith('http') ? path : base + path, {
    headers: { 'X-OpenStack-Ironic-API-Version': version },
  });
  return (await answer.json()) as Page;
};

test('paging in any order shows each node once, in that order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('id', 'uuid', 'name', 'owner', 'maintenance', 'updated_at'),
      fc.constantFrom('asc', 'desc'),
      fc.integer({ min: 1, max: 9 }),
      async (key, dir, limit) => {
        const seen: string[] = [];
        let next: string | undefined = `/v1/nodes?sort_key=${key}&sort_dir=${dir}&limit=${limit}`;
        while (next) {
          const shown: Page = await page(next);
          seen.push(...shown.nodes.map(({ uuid }) => uuid));
          next = shown.next;
        }
        const whole = await page(`/v1/nodes?sort_key=${key}&sort_dir=${dir}`);
        expect(seen).toEqual(whole.nodes.map(({ uuid }) => uuid));
        expect(new Set(seen).size).toBe(nodes.length);
      },
    ),
    { numRuns: 30 },
  );
});

test.each([
  ['owner=a', (row: NodeRow) => row.owner === 'a'],
  ['maintenance=true', (row: NodeRow) => row.maintenance],
  ['maintenance=false&owner=b', (row: NodeRow) => !row.maintenance && row.owner === 'b'],
  ['conductor=here', () => true],
  ['conductor=elsewhere', () => false],
] as const)('the filter %s shows what a plain filter shows', async (query, fits) => {
  const { nodes: shown } = await page(`/v1/nodes?${query}`);
  expect(shown.map(({ uuid }) => uuid)).toEqual(nodes.filter(fits).map(({ uuid }) => uuid));
});

test('a change of a node or of its traits is in the very next list', async () => {
  const { uuid } = nodes[3]!;
  const find = async () => (await page('/v1/nodes/detail')).nodes.find((node) => node.uuid === uuid)!;
  expect(await find()).toMatchObject({ description: null, traits: [] });
  await db.write((tx) => saveNode(tx, uuid, { description: 'new' }, 'unguarded'));
  await db.write((tx) => setTraits(tx, uuid, ['CUSTOM_A']));
  expect(await find()).toMatchObject({ description: 'new', traits: ['CUSTOM_A'], conductor: 'here' });
});

test('a list shows of a node what the node itself shows, at any version', async () => {
  const { uuid } = nodes[3]!;
  for (const version of ['1.1', '1.36', '1.37', '1.48', '1.49', '1.115']) {
    const whole = (await page('/v1/nodes/detail', version)).nodes.find((node) => node.uuid === uuid);
    expect(whole).toEqual(await page(`/v1/nodes/${uuid}`, version));
  }
});
