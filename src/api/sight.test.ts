// What lists hold, and what of a node is shown to whom.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { openDb } from '#db/db.ts';
import { sightSuite } from './sight.suite.ts';
import { asker, makeWorld, type Persona, persona, type World } from './testing/people.ts';

sightSuite(() => openDb({ url: 'sqlite://:memory:', log: silent, clock: systemClock }), 80);

let world: World;
let ask: ReturnType<typeof asker>;
beforeAll(async () => {
  world = await makeWorld();
  ask = asker(world);
});
afterAll(() => world.db.close());

const get = (who: Persona, url: string) => ask(who, { method: 'GET', url });

const readable = async (who: Persona, url: string): Promise<boolean> =>
  get(who, url).then(
    () => true,
    () => false,
  );

test.each([
  ['system-reader', 'all'],
  ['owner-reader', 'all'],
  ['owner-service', 'all'],
  ['lessee-admin', 'guarded'],
  ['lessee-reader', 'guarded'],
] as const)('%s sees the fields of a leased node: %s', async (name, what) => {
  const node = world.machines.find(({ owner, lessee }) => owner === 'project-owner' && lessee === 'project-lessee')!;
  const views = [
    (await get(persona(name), `/v1/nodes/${node.node}`)) as Record<string, unknown>,
    // Twice, as texts are kept between answers: nobody may get what was made for another.
    ...(
      await Promise.all(
        [persona('system-admin'), persona(name), persona(name)].map(async (who) => {
          const { nodes } = (await get(who, '/v1/nodes/detail')) as { nodes: Record<string, unknown>[] };
          return nodes.find(({ uuid }) => uuid === node.node)!;
        }),
      )
    ).slice(1),
  ];
  for (const view of views) {
    const secret = what === 'all' ? { address: 'secret place' } : { content: expect.stringContaining('Redacted') };
    expect(view.driver_info).toEqual(secret);
    expect(view.last_error).toEqual(what === 'all' ? 'broken' : expect.stringContaining('Redacted'));
    expect(view.reservation).toEqual(what === 'all' ? null : expect.stringContaining('Redacted'));
  }
  const states = (await get(persona(name), `/v1/nodes/${node.node}/states`)) as Record<string, unknown>;
  expect(states.last_error === 'broken').toBe(what === 'all');
});

test('properties of volume targets are for admins and for the system', async () => {
  const { target } = world.machines[2]!;
  const properties = async (name: string) =>
    ((await get(persona(name), `/v1/volume/targets/${target}`)) as { properties: object }).properties;
  expect(await properties('system-reader')).toEqual({ iqn: 'x' });
  expect(await properties('owner-admin')).toEqual({ iqn: 'x' });
  expect(await properties('owner-member')).toEqual({ redacted_contents: expect.stringContaining('Redacted') });
});

test.each([
  ['other-admin', 'GET', 'node', 404],
  ['other-admin', 'PUT', 'traits', 404],
  ['lessee-member', 'PUT', 'traits', 403],
  ['owner-member', 'PUT', 'traits', 403],
  ['owner-manager', 'PUT', 'traits', 418],
  ['lessee-reader', 'GET', 'node', 200],
  ['lessee-reader', 'GET', 'history', 403],
  ['unscoped-admin', 'GET', 'node', 404],
  ['domain-admin', 'GET', 'node', 404],
  ['system-reader', 'GET', 'node', 200],
  ['system-reader', 'PUT', 'traits', 403],
] as const)('%s: %s %s of a leased node is %i', async (name, method, what, status) => {
  const { node } = world.machines[2]!;
  const url = what === 'node' ? `/v1/nodes/${node}` : `/v1/nodes/${node}/${what}`;
  const body = method === 'PUT' ? { traits: [] } : undefined;
  const seen = await ask(persona(name), { method, url, body }).then(
    () => 200,
    (error: { status: number }) => error.status,
  );
  expect(seen).toBe(status);
});

test('a caller without a project is not the owner of what has none', async () => {
  const { node } = world.machines[0]!;
  expect(await readable(persona('unscoped-admin'), `/v1/nodes/${node}`)).toBe(false);
});
