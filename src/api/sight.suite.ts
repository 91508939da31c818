// What lists hold: run on each database.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Authority, allowAll, type PolicyRule } from '#contract/policies.ts';
import type { Db } from '#db/database.ts';
import { asker, authorityOf, makeWorld, type Persona, persona, personas, type World } from './testing/people.ts';

type Asker = ReturnType<typeof asker>;

/** The UUIDs that a list holds, or the name of the error that it ends with. */
async function listed(ask: Asker, who: Persona, url: string, plural: string): Promise<string[] | string> {
  try {
    const body = (await ask(who, { method: 'GET', url })) as Record<string, { uuid: string }[]>;
    return body[plural]!.map(({ uuid }) => uuid);
  } catch (error) {
    return (error as Error).name;
  }
}

const readable = async (ask: Asker, who: Persona, url: string): Promise<boolean> =>
  ask(who, { method: 'GET', url }).then(
    () => true,
    () => false,
  );

const lists = [
  {
    path: '/v1/nodes',
    kind: 'node',
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
    kind: 'port',
    filters: ['shard=s1', 'detail=true', 'sort_key=address', 'limit=3', 'address=52:54:00:00:01:02'],
  },
  { path: '/v1/portgroups', kind: 'portgroup', filters: ['detail=true', 'sort_dir=desc', 'limit=1'] },
  { path: '/v1/volume/connectors', kind: 'volume', filters: ['detail=true', 'limit=2', 'project=project-lessee'] },
  { path: '/v1/volume/targets', kind: 'volume', filters: ['sort_key=boot_index', 'project=project-owner'] },
  {
    path: '/v1/allocations',
    kind: 'allocation',
    filters: ['resource_class=x', 'state=active', 'owner=project-lessee', 'limit=2'],
  },
  {
    path: '/v1/runbooks',
    kind: 'runbook',
    filters: ['detail=true', 'sort_key=name', 'project=project-owner', 'limit=3'],
  },
] as const;

const pluralOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const query = (filters: readonly string[]): string => (filters.length ? `?${filters.join('&')}` : '');
const withoutLimit = (filters: readonly string[]) => filters.filter((filter) => !filter.startsWith('limit'));

const cases = fc.record({
  who: fc.constantFrom(...personas),
  list: fc.constantFrom(...lists),
  seed: fc.array(fc.nat({ max: 20 }), { maxLength: 3 }),
  inside: fc.option(fc.nat({ max: 4 }), { nil: undefined }),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Checks of single things as an operator might write them. */
const leaf = fc.constantFrom(
  'role:reader',
  'role:member',
  'system_scope:all',
  'project_id:%(node.owner)s',
  'project_id:%(node.lessee)s',
  "'project-strange':%(node.owner)s",
  'None:%(node.lessee)s',
  'None:%(node.owner)s',
  'user_id:%(node.owner)s',
  '@',
);
const policy = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    tie('tree').map((of) => `not (${of})`),
    fc.tuple(tie('tree'), fc.constantFrom('and', 'or'), tie('tree')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
  ),
})).tree;

/** The same check as the rule that reads each kind of thing. */
function rulesFrom(check: string): Record<string, string> {
  const on = (kind: string) => check.replace(/%\(node\.\w+\)s/g, `%(${kind}.owner)s`);
  const read = Object.fromEntries(
    ['node', 'port', 'portgroup', 'volume'].map((kind) => [`baremetal:${kind}:get`, check]),
  );
  const owned = Object.fromEntries(['allocation', 'runbook'].map((kind) => [`baremetal:${kind}:get`, on(kind)]));
  const lists = ['node', 'port', 'portgroup', 'volume', 'allocation', 'runbook'].flatMap((kind) => [
    [`baremetal:${kind}:list_all`, '!'],
    [`baremetal:${kind}:list`, '@'],
  ]);
  return { ...read, ...owned, ...Object.fromEntries(lists) };
}

/** What lists hold and single things say, on the database that `open` opens; `runs` times each. */
export function sightSuite(open: () => Promise<Db>, runs: number): void {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld(await open());
  });
  afterAll(() => world?.db.close());

  async function judge(authority: Authority, { who, list, seed, inside }: Case, everything: Asker, ask: Asker) {
    const filters = [...new Set(seed.map((n) => list.filters[n % list.filters.length]!))];
    const nested = inside !== undefined && /ports|portgroups|volume/.test(list.path);
    const path = nested ? list.path.replace('/v1', `/v1/nodes/${world.machines[inside]!.node}`) : list.path;
    const plural = pluralOf(list.path);
    const all = await listed(everything, who, `${path}${query(withoutLimit(filters))}`, plural);
    const seen = await listed(ask, who, `${path}${query(filters)}`, plural);
    if (typeof all === 'string') return; // filters that exclude each other
    const mine: string[] = [];
    for (const uuid of all) if (await readable(ask, who, `${list.path}/${uuid}`)) mine.push(uuid);
    if (seen === 'HTTPForbidden') {
      // Who has no right to lists at all, or asks for those of another project.
      const may = (act: string) => authority.allows(`baremetal:${list.kind}:${act}` as PolicyRule, who.caller);
      const another = filters.some((f) => /^(project|owner)=/.test(f) && f.split('=')[1] !== who.caller.project);
      expect(may('list_all') || (who.caller.project && may('list') && !another)).toBeFalsy();
      return;
    }
    if (seen === 'NodeNotFound') {
      expect(await readable(ask, who, `/v1/nodes/${world.machines[inside!]!.node}`)).toBe(false);
      return;
    }
    const limit = Number(filters.find((f) => f.startsWith('limit'))?.split('=')[1] ?? 1000);
    expect(seen).toEqual(mine.slice(0, limit));
  }

  test.each([
    {},
    { newDefaultsOnly: false },
    { enforceScope: false },
    { enforceScope: false, newDefaultsOnly: false },
    { serviceProject: 'service' },
  ])(
    'a list holds what its caller may read one by one, whatever it is narrowed by (%j)',
    async (switches) => {
      const authority = authorityOf(switches);
      const [everything, ask] = [asker(world, allowAll), asker(world, authority)];
      await fc.assert(
        fc.asyncProperty(cases, (one) => judge(authority, one, everything, ask)),
        { numRuns: runs },
      );
    },
    300_000,
  );

  test('a list holds what its caller may read one by one, whatever a policy file says', async () => {
    const everything = asker(world, allowAll);
    await fc.assert(
      fc.asyncProperty(policy, fc.array(cases, { minLength: 3, maxLength: 6 }), async (check, some) => {
        const authority = authorityOf({ overrides: rulesFrom(check) });
        const ask = asker(world, authority);
        for (const one of some) await judge(authority, one, everything, ask);
      }),
      { numRuns: runs / 4 },
    );
  }, 300_000);

  test('children, history and inventory of a node hold what is readable', async () => {
    const parent = world.machines[2]!.node;
    for (const newDefaultsOnly of [true, false]) {
      const ask = asker(world, authorityOf({ newDefaultsOnly }));
      for (const who of personas) {
        const mine: string[] = [];
        for (const { node } of world.children) if (await readable(ask, who, `/v1/nodes/${node}`)) mine.push(node);
        const children = await ask(who, { method: 'GET', url: `/v1/nodes/${parent}/children` }).then(
          (body) => (body as { children: string[] }).children,
          () => undefined,
        );
        expect(children !== undefined).toBe(await readable(ask, who, `/v1/nodes/${parent}`));
        if (children) expect(children).toEqual(mine);
        for (const { node } of [...world.machines, ...world.children]) {
          const lines = await listed(ask, who, `/v1/nodes/${node}/history`, 'history');
          if (typeof lines === 'string') continue;
          for (const line of lines) expect(await readable(ask, who, `/v1/nodes/${node}/history/${line}`)).toBe(true);
          expect(await readable(ask, who, `/v1/nodes/${node}`)).toBe(true);
        }
        for (const { node } of world.machines)
          if (await readable(ask, who, `/v1/nodes/${node}/inventory`))
            expect(await readable(ask, who, `/v1/nodes/${node}`)).toBe(true);
      }
    }
  }, 120_000);

  test('pages lead through all that is seen, and through nothing else', async () => {
    const ask = asker(world);
    for (const name of ['owner-reader', 'lessee-reader', 'lessee-service', 'other-admin', 'system-reader']) {
      const who = persona(name);
      const whole = await listed(ask, who, '/v1/nodes', 'nodes');
      const paged: string[] = [];
      for (let marker = ''; paged.length < 100; ) {
        const page = await listed(ask, who, `/v1/nodes?limit=1${marker}`, 'nodes');
        if (page.length === 0 || typeof page === 'string') break;
        paged.push(...page);
        marker = `&marker=${page[0]}`;
      }
      expect(paged).toEqual(whole);
    }
  });
}
