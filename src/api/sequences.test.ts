// Any sequence of creations, changes, deletions and lists, held against a plain model in memory.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startWhole } from '../../test/compat/whole-service.ts';

let service: Service;
beforeAll(async () => {
  service = await startWhole(['database.connection=sqlite://']);
});
afterAll(() => service.stop());

interface Model {
  readonly uuid: string;
  readonly name: string | null;
  readonly owner: string | null;
  readonly resource_class: string | null;
  readonly maintenance: boolean;
  readonly extra: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  const reply = await fetch(path.startsWith('http') ? path : service.base + path, {
    method,
    headers: { 'X-OpenStack-Ironic-API-Version': '1.115', 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, body: text ? JSON.parse(text) : {} };
}

const names = fc.constantFrom('a', 'b', 'c', 'd.e', 'f-1');
const values = {
  name: fc.option(names),
  resource_class: fc.option(fc.constantFrom('small', 'large')),
  maintenance: fc.boolean(),
  extra: fc.dictionary(fc.constantFrom('x', 'ü', '__proto__', 'a/b'), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
};
const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const), values: fc.record(values) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('patch' as const),
      at: fc.nat(20),
      values: fc.record(values, { requiredKeys: [] }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), at: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('list' as const),
      limit: fc.integer({ min: 1, max: 4 }),
      key: fc.constantFrom('id', 'name', 'uuid'),
      filter: fc.constantFrom('', 'resource_class=small', 'maintenance=true', 'maintenance=false&resource_class=large'),
    }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** JSON as it is read back: what JSON cannot tell apart (-0) is the same. */
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const fits = (filter: string) => (node: Model) =>
  filter
    .split('&')
    .filter(Boolean)
    .every((part) => {
      const [field, value] = part.split('=') as [keyof Model, string];
      return String(node[field]) === value;
    });

/** compat: the link to the next page does not repeat the filters, but for some flags that are true. */
function withFilter(link: string, filter: string): string {
  const url = new URL(link);
  for (const [name, value] of new URLSearchParams(filter)) url.searchParams.set(name, value);
  return url.href;
}

async function paged(query: string, filter: string): Promise<string[]> {
  const seen: string[] = [];
  let next: string | undefined = `/v1/nodes?${query}${filter ? `&${filter}` : ''}`;
  while (next) {
    const { status, body }: Answer = await ask('GET', next);
    expect(status).toBe(200);
    seen.push(...(body.nodes as Model[]).map(({ uuid }) => uuid));
    next = body.next ? withFilter(body.next as string, filter) : undefined;
  }
  return seen;
}

async function carryOut(model: Model[], order: Command): Promise<void> {
  const taken = (name: unknown, but?: string) => name && model.some((n) => n.name === name && n.uuid !== but);
  if (order.do === 'create') {
    const { status, body } = await ask('POST', '/v1/nodes', { driver: 'fake-hardware', ...order.values });
    expect(status).toBe(taken(order.values.name) ? 409 : 201);
    if (status === 201) model.push({ ...asJson(order.values), uuid: body.uuid as string, owner: null } as Model);
    return;
  }
  if (order.do === 'list') {
    const seen = await paged(`sort_key=${order.key}&limit=${order.limit}`, order.filter);
    expect(new Set(seen).size).toBe(seen.length);
    expect([...seen].sort()).toEqual(
      model
        .filter(fits(order.filter))
        .map(({ uuid }) => uuid)
        .sort(),
    );
    return;
  }
  const at = model.length ? order.at % model.length : -1;
  const node = model[at];
  if (!node) return;
  if (order.do === 'delete') {
    expect((await ask('DELETE', `/v1/nodes/${node.uuid}`)).status).toBe(204);
    model.splice(at, 1);
    expect((await ask('GET', `/v1/nodes/${node.uuid}`)).status).toBe(404);
    return;
  }
  const patch = Object.entries(order.values).map(([field, value]) =>
    value === null ? { op: 'remove', path: `/${field}` } : { op: 'add', path: `/${field}`, value },
  );
  const { status } = await ask('PATCH', `/v1/nodes/${node.uuid}`, patch);
  const refused = taken(order.values.name, node.uuid) ? 409 : patch.length ? 200 : 400;
  expect([refused, patch.length ? refused : 200]).toContain(status);
  if (status === 200) model[at] = { ...node, ...asJson(order.values) };
}

test('what is written is read, pages show each node once, and filters find what a plain filter finds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async (orders) => {
      const model: Model[] = [];
      try {
        for (const order of orders) await carryOut(model, order);
        for (const node of model) {
          const { body } = await ask('GET', `/v1/nodes/${node.uuid}`);
          expect(body).toMatchObject({
            name: node.name,
            resource_class: node.resource_class,
            maintenance: node.maintenance,
          });
          expect(body.extra).toEqual(node.extra);
        }
      } finally {
        for (const { uuid } of model) await ask('DELETE', `/v1/nodes/${uuid}`);
      }
    }),
    { numRuns: 30 },
  );
});
