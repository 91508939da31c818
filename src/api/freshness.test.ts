// What is kept between answers never outlives a write, whoever wrote, and is never shown to somebody who sees other things.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { silent } from '#base/log.ts';
import type { Authority, Caller } from '#contract/policies.ts';
import { forceNode } from '#db/break-glass.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { setTraits } from '#db/node-traits.ts';
import { createNode, deleteNode, freeNode, saveNode, takeNode } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import { nodeRenderer } from './node-view.ts';
import type { Orders } from './orders.ts';
import { type Api, buildApi } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'ingot-fresh-'));
const base = 'http://here';
let host: string | null = 'here';
/** Another set of rules is in force, in which everybody sees passwords. */
let loose = false;
const orders = { conductorOf: () => host } as unknown as Orders;

/** Who asks says in a header who they are: `admin`, or the name of a project whose own nodes they see. */
const authority: Authority = {
  allows(rule, caller: Caller, target) {
    const admin = caller.user === 'admin';
    if (rule === 'show_password' || rule === 'show_instance_secrets') return admin || loose;
    if (rule === 'baremetal:node:list_all') return admin;
    if (rule === 'baremetal:node:list') return true;
    const { project } = caller;
    if (rule === 'baremetal:node:get' && target)
      return admin || target['node.owner'] === project || target['node.lessee'] === project;
    return admin || target?.['node.owner'] === project;
  },
};
const gate = {
  identify: async ({ headers }: { headers: Record<string, unknown> }) => {
    const user = String(headers['x-auth-token']);
    return { user, project: user };
  },
};

let db: Db;
/** As another process would have it open. */
let elsewhere: Db;
let api: Api;
let at: string;

beforeAll(async () => {
  const url = `sqlite:///${join(folder, 'ingot.db')}`;
  db = await openDb({ url, log: silent, clock: systemClock });
  elsewhere = await openDb({ url, log: silent, clock: systemClock });
  api = buildApi({
    db,
    orders,
    authority,
    gate: gate as never,
    clock: systemClock,
    log: silent,
    settings: { publicUrl: base },
  });
  at = `http://127.0.0.1:${await api.listen('127.0.0.1', 0)}`;
});
afterAll(async () => {
  await api.close();
  await elsewhere.close();
  await db.close();
  rmSync(folder, { recursive: true });
});

const get = async (path: string, as: string, minor = 115) => {
  const headers = { 'X-OpenStack-Ironic-API-Version': `1.${minor}`, 'X-Auth-Token': as };
  const answer = await fetch(at + path, { headers });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

/** What a caller is to be shown: straight from the row, by the renderer of objects. */
async function expected(as: string, minor: number, uuids: readonly string[]): Promise<Record<string, unknown>[]> {
  const shown: Record<string, unknown>[] = [];
  for (const uuid of uuids) {
    const row = await elsewhere.read.selectFrom('nodes').selectAll().where('uuid', '=', uuid).executeTakeFirst();
    if (!row || (as !== 'admin' && row.owner !== as && row.lessee !== as)) continue;
    const found = await elsewhere.read
      .selectFrom('node_traits')
      .select('trait')
      .where('node_uuid', '=', uuid)
      .execute();
    const traits = found.map(({ trait }) => trait).sort();
    const may = (rule: never, target: never) =>
      authority.allows(rule, { requestId: '', user: as, project: as }, target);
    const whole = { ...(row as unknown as NodeRow), traits, conductor: host };
    shown.push(JSON.parse(JSON.stringify(nodeRenderer.one(whole, 'all', { base, minor, may: may as never }))));
  }
  return shown;
}

const texts = fc.constantFrom('plain', 'Zürich ✓ "quoted" \\ \n', '\u2028', '', '</script>', '😀');
const infos = fc.dictionary(
  fc.constantFrom('a', 'ipmi_password', 'ö', 'image_url', 'snmp_auth_key', '__proto__', '1'),
  fc.oneof(
    texts,
    fc.integer(),
    fc.constant(null),
    fc.record({ secret: texts, list: fc.array(fc.double({ noNaN: true })) }),
  ),
  { maxKeys: 4 },
);
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const changes = fc.record(
  {
    description: maybe(texts),
    last_error: maybe(texts),
    name: maybe(fc.constant('')),
    driver_info: infos,
    instance_info: infos,
    driver_internal_info: infos,
    extra: infos,
    properties: infos,
    provision_state: fc.constantFrom('available', 'inspect wait', 'active'),
    owner: maybe(fc.constantFrom('a', 'b')),
    lessee: maybe(fc.constantFrom('a', 'b')),
    maintenance: fc.boolean(),
    retired: maybe(fc.boolean()),
    automated_clean: maybe(fc.boolean()),
    inspection_started_at: maybe(fc.integer({ min: 0, max: 4e12 })),
    resource_class: maybe(texts),
  },
  { requiredKeys: [] },
);
const step = fc.record({
  which: fc.nat({ max: 3 }),
  where: fc.constantFrom('here', 'elsewhere'),
  what: fc.constantFrom('save', 'force', 'traits', 'lock', 'delete and make again', 'ring'),
  changes,
  minor: fc.constantFrom(1, 2, 37, 38, 39, 49, 115),
});

test('after any write, by this process or another, everybody is shown the nodes as they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const uuids = Array.from({ length: 4 }, newUuid);
      const make = (uuid: string, own: object = {}) =>
        db.write((tx) => createNode(tx, { uuid, driver: 'fake', provision_state: 'enroll', ...own } as never));
      await db.write((tx) => tx.deleteFrom('nodes').execute());
      for (const uuid of uuids) await make(uuid);
      for (const { which, where, what, changes: given, minor } of steps) {
        const to = where === 'here' ? db : elsewhere;
        const uuid = uuids[which]!;
        const set = given.name === '' ? { ...given, name: `n${which}` } : given;
        if (what === 'save') await to.write((tx) => saveNode(tx, uuid, set as never, 'unguarded'));
        if (what === 'force' && Object.keys(set).length) await forceNode(to, uuid, set);
        if (what === 'traits') await to.write((tx) => setTraits(tx, uuid, [`CUSTOM_${which}`, 'CUSTOM_A']));
        if (what === 'lock') {
          const held = await to.write((tx) => takeNode(tx, uuid, 'host', 1000));
          if (set.retired) await to.write((tx) => freeNode(tx, uuid, 'host', held.reservation_epoch));
          else await forceNode(to, uuid, { reservation: null });
        }
        if (what === 'delete and make again') {
          await to.write((tx) => deleteNode(tx, uuid, 'unguarded'));
          await make(uuid, set);
        }
        if (what === 'ring') host = host === null ? 'here' : null;
        for (const as of ['admin', 'a', 'b']) {
          const shown = await expected(as, minor, uuids);
          const lists = await Promise.all(
            ['/v1/nodes/detail', '/v1/nodes/detail?sort_key=uuid'].map((path) => get(path, as, minor)),
          );
          for (const { body } of lists) {
            const nodes = body.nodes as { uuid: string }[];
            expect(nodes.toSorted((x, y) => uuids.indexOf(x.uuid) - uuids.indexOf(y.uuid))).toEqual(shown);
          }
          for (const one of uuids) {
            const { status, body } = await get(`/v1/nodes/${one}`, as, minor);
            const node = shown.find((node) => node.uuid === one);
            expect(status).toBe(node ? 200 : 404);
            if (node) expect(body).toEqual(node);
          }
        }
      }
    }),
    { numRuns: 10 },
  );
});

test('those who ask at the same time are each shown their own', async () => {
  const uuids = Array.from({ length: 60 }, newUuid);
  for (const [n, uuid] of uuids.entries())
    await db.write((tx) =>
      createNode(tx, {
        uuid,
        driver: 'd',
        owner: n % 2 ? 'a' : 'b',
        lessee: n % 2 ? 'c' : null,
        driver_info: { password: 'x' },
        last_error: 'why',
      } as never),
    );
  const asked = ['admin', 'a', 'b', 'c', 'admin', 'a', 'b', 'c'];
  const answers = await Promise.all(asked.map((as) => get('/v1/nodes/detail?limit=1000', as)));
  for (const [n, as] of asked.entries()) {
    const nodes = answers[n]!.body.nodes as { uuid: string; driver_info: unknown; last_error: string }[];
    const own = await expected(
      as,
      115,
      nodes.map(({ uuid }) => uuid),
    );
    expect(nodes).toEqual(own);
    expect(JSON.stringify(nodes).includes('"password":"x"')).toBe(as === 'admin');
  }
});

test('a page that is kept shows who serves its nodes now, and follows rules that change', async () => {
  const values = { uuid: newUuid(), driver: 'd', owner: 'd', driver_info: { password: 'x' } };
  await db.write((tx) => createNode(tx, values as never));
  const shown = async () => ((await get('/v1/nodes/detail', 'd')).body.nodes as Record<string, unknown>[])[0];
  for (const [serves, rules] of [
    ['here', false],
    ['there', false],
    ['there', true],
    ['there', false],
  ] as const) {
    [host, loose] = [serves, rules];
    const password = rules ? 'x' : '******';
    expect(await shown()).toMatchObject({ conductor: serves, driver_info: { password } });
    expect((await get(`/v1/nodes/${values.uuid}`, 'd')).body).toMatchObject({
      conductor: serves,
      driver_info: { password },
    });
  }
});
