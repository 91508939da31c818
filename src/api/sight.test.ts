// What lists hold, and what of a node is shown to whom.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asker, makeWorld, type Persona, persona, personas, type World } from './testing/people.ts';

let world: World;
let ask: ReturnType<typeof asker>;
beforeAll(async () => {
  world = await makeWorld();
  ask = asker(world);
});
afterAll(() => world.db.close());

const get = (who: Persona, url: string) => ask(who, { method: 'GET', url });

/** The UUIDs that a list holds, or the name of the error that it ends with. */
async function listed(who: Persona, url: string, plural: string): Promise<string[] | string> {
  try {
    const body = (await get(who, url)) as Record<string, { uuid: string }[]>;
    return body[plural]!.map(({ uuid }) => uuid);
  } catch (error) {
    return (error as Error).name;
  }
}

const readable = async (who: Persona, url: string): Promise<boolean> =>
  get(who, url).then(
    () => true,
    () => false,
  );

const lists = [
  {
    path: '/v1/nodes',
    filters: [
      'maintenance=true',
      'associated=false',
      'shard=s0',
      'driver=fake-hardware',
      'include_children=true',
      'sort_key=name',
      'sort_dir=desc',
      'detail=true',
      'limit=2',
      'retired=false',
      'owner=project-owner',
      'lessee=project-lessee',
      'provision_state=enroll',
      'project=project-owner',
    ],
  },
  {
    path: '/v1/ports',
    filters: ['shard=s1', 'detail=true', 'sort_key=address', 'limit=3', 'address=52:54:00:00:01:02'],
  },
  { path: '/v1/portgroups', filters: ['detail=true', 'sort_dir=desc', 'limit=1'] },
  { path: '/v1/volume/connectors', filters: ['detail=true', 'limit=2', 'project=project-lessee'] },
  { path: '/v1/volume/targets', filters: ['sort_key=boot_index', 'project=project-owner'] },
  { path: '/v1/allocations', filters: ['resource_class=x', 'state=active', 'owner=project-lessee', 'limit=2'] },
  { path: '/v1/runbooks', filters: ['detail=true', 'sort_key=name', 'project=project-owner', 'limit=3'] },
] as const;

const pluralOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const query = (filters: readonly string[]): string => (filters.length ? `?${filters.join('&')}` : '');
const withoutLimit = (filters: readonly string[]) => filters.filter((filter) => !filter.startsWith('limit'));

test('a list holds what its caller may read one by one, whatever it is narrowed by', async () => {
  const everything = persona('system-admin');
  const cases = fc.record({
    who: fc.constantFrom(...personas),
    list: fc.constantFrom(...lists),
    seed: fc.array(fc.nat({ max: 20 }), { maxLength: 3 }),
    inside: fc.option(fc.nat({ max: 4 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ who, list, seed, inside }) => {
      const filters = [...new Set(seed.map((n) => list.filters[n % list.filters.length]!))];
      const nested = inside !== undefined && /ports|portgroups|volume/.test(list.path);
      const path = nested ? list.path.replace('/v1', `/v1/nodes/${world.machines[inside]!.node}`) : list.path;
      const plural = pluralOf(list.path);
      const all = await listed(everything, `${path}${query(withoutLimit(filters))}`, plural);
      const seen = await listed(who, `${path}${query(filters)}`, plural);
      if (typeof all === 'string') return; // filters that exclude each other
      const mine: string[] = [];
      for (const uuid of all) if (await readable(who, `${list.path}/${uuid}`)) mine.push(uuid);
      if (seen === 'HTTPForbidden') {
        // Who has no right to lists at all, or asks for those of another project.
        const mayList = who.role !== 'nobody' && (who.caller.project || who.scope === 'system');
        const another = filters.some((f) => /^(project|owner)=/.test(f) && f.split('=')[1] !== who.caller.project);
        expect(mayList && !another && !nested).toBeFalsy();
        return;
      }
      if (seen === 'NodeNotFound') return void expect(mine).toEqual([]);
      const limit = Number(filters.find((f) => f.startsWith('limit'))?.split('=')[1] ?? 1000);
      expect(seen).toEqual(mine.slice(0, limit));
    }),
    { numRuns: 250 },
  );
}, 60_000);

test('pages lead through all that is seen, and through nothing else', async () => {
  for (const name of ['owner-reader', 'lessee-reader', 'lessee-service', 'other-admin', 'system-reader']) {
    const who = persona(name);
    const whole = await listed(who, '/v1/nodes', 'nodes');
    const paged: string[] = [];
    for (let marker = ''; paged.length < 100; ) {
      const page = await listed(who, `/v1/nodes?limit=1${marker}`, 'nodes');
      if (page.length === 0 || typeof page === 'string') break;
      paged.push(...page);
      marker = `&marker=${page[0]}`;
    }
    expect(paged).toEqual(whole);
  }
});

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
