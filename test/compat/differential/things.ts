// What every resource is asked: new ones with odd values, patches of every field, lists in every way, each at odd versions.
import type { Field, Resource } from '#contract/fields.ts';
import { oddTexts, oddValues } from './odd-values.ts';
import type { Script } from './script.ts';

/** A resource, and what a good one is made of. */
export interface Thing {
  readonly resource: Resource;
  /** The body of a new one; another one each time. */
  readonly fresh: () => Record<string, unknown>;
  /** Good values of single fields. */
  readonly good: Readonly<Record<string, unknown>>;
}

const fieldsOf = ({ resource }: Thing): [string, Field][] => Object.entries<Field>(resource.fields);

/** A new one for every field and odd value, and the field's good value at its version and the one below. */
export function createOddly(s: Script, thing: Thing): void {
  const { resource, fresh, good } = thing;
  const path = `/v1/${resource.path}`;
  for (const [name, field] of [...fieldsOf(thing), ['bogus', { since: 1, type: 'string' }] as [string, Field]]) {
    const values = field.create ? oddValues : ['x'];
    for (const value of values) s.ask('POST', path, { ...fresh(), [name]: value });
    if (!field.create) continue;
    const { [name]: _, ...without } = fresh();
    s.ask('POST', path, without);
    for (const minor of new Set([resource.since - 1, field.since - 1, field.since])) {
      if (minor < 1) continue;
      for (const value of minor === field.since ? [good[name] ?? 'x'] : [good[name] ?? 'x', null, ''])
        s.ask('POST', path, { ...oldest(thing, minor, fresh()), [name]: value }, { minor });
    }
  }
  for (const body of [null, [], {}, '', 'x', 1, true, [{}], [fresh()]]) s.ask('POST', path, body);
  const text = JSON.stringify(fresh());
  for (const raw of oddBodies(text)) s.ask('POST', path, undefined, { raw });
}

/** The body without what `minor` does not know. */
const oldest = ({ resource }: Thing, minor: number, body: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([name]) => (resource.fields[name]?.since ?? 1) <= minor));

/** Ways to spoil a body. */
export const oddBodies = (text: string): string[] => [
  '',
  ' ',
  text.slice(0, -1),
  `${text}${text}`,
  text.replace('{', '{"uuid": null, "uuid": null, '),
  text.replaceAll('"', "'"),
  `\uFEFF${text}`,
  'a=b',
  'null',
  'NaN',
  '{"extra":NaN}',
  '[1, 2',
  '"text"',
];

/** Every field of one thing patched in every way. */
export function patchOddly(s: Script, thing: Thing, uuid: string): void {
  const { resource, good } = thing;
  const path = `/v1/${resource.path}/${uuid}`;
  const patch = (operations: unknown, minor = 115) => s.ask('PATCH', path, operations, { minor });
  for (const [name, field] of [...fieldsOf(thing), ['bogus', { since: 1, type: 'string' }] as [string, Field]]) {
    const values = field.patch ? oddValues : ['x'];
    for (const value of values) patch([{ op: field.patch ? 'add' : 'replace', path: `/${name}`, value }]);
    const best = good[name];
    if (best !== undefined) patch([{ op: 'replace', path: `/${name}`, value: best }]);
    patch([{ op: 'remove', path: `/${name}` }]);
    patch([{ op: 'remove', path: `/${name}` }]);
    patch([{ op: 'replace', path: `/${name}`, value: best ?? 'x' }]);
    const nested = field.type === 'object' || field.type === 'list';
    for (const [op, tail] of nested ? within : within.slice(0, 3))
      patch([{ op, path: `/${name}/${tail}`, ...(op !== 'remove' && { value: 'v' }) }]);
    if (best !== undefined) patch([{ op: 'add', path: `/${name}`, value: best }]);
    for (const minor of new Set([field.since - 1, field.since])) {
      if (minor < resource.since || field.since === resource.since) continue;
      patch([{ op: 'add', path: `/${name}`, value: best ?? 'x' }], minor);
      patch([{ op: 'remove', path: `/${name}` }], minor);
    }
    if (best !== undefined) patch([{ op: 'add', path: `/${name}`, value: best }]);
  }
  for (const body of oddPatches) patch(body);
  for (const raw of oddBodies('{"op": "add", "path": "/extra/a", "value": 1}'))
    s.ask('PATCH', path, undefined, { raw });
  s.ask('GET', path);
}

/** Changes inside a field. */
const within: readonly (readonly [op: string, tail: string])[] = [
  ['add', 'a'],
  ['replace', 'a'],
  ['remove', 'a'],
  ['remove', 'a'],
  ['replace', 'a'],
  ['add', 'a/b'],
  ['add', '-'],
  ['add', '0'],
  ['remove', '0'],
  ['add', '99'],
];

/** Patches that are none, and those of more than one operation. */
const oddPatches: readonly unknown[] = [
  null,
  [],
  {},
  'x',
  [null],
  ['x'],
  [[]],
  [{}],
  [{ op: 'add' }],
  [{ path: '/extra/a' }],
  [{ op: 'add', path: '/extra/a' }],
  [{ op: 'add', path: '/extra/a', value: null }],
  [{ op: 'ADD', path: '/extra/a', value: 1 }],
  [{ op: 'test', path: '/extra/a', value: 1 }],
  [{ op: 'move', from: '/extra/a', path: '/extra/b' }],
  [{ op: 'copy', from: '/extra/a', path: '/extra/b' }],
  [{ op: 'add', path: 'extra/a', value: 1 }],
  [{ op: 'add', path: '', value: {} }],
  [{ op: 'add', path: '/', value: 1 }],
  [{ op: 'add', path: '//extra', value: 1 }],
  [{ op: 'add', path: '/extra/', value: 1 }],
  [{ op: 'add', path: '/extra//a', value: 1 }],
  [{ op: 'add', path: '/extra/a~1b', value: 1 }],
  [{ op: 'add', path: '/extra/a b', value: 1 }],
  [{ op: 'add', path: '/extra/ü', value: 1 }],
  [{ op: 'add', path: '/extra/a.b', value: 1 }],
  [{ op: 'add', path: '/EXTRA/a', value: 1 }],
  [{ op: 'add', path: 1, value: 1 }],
  [{ op: 1, path: '/extra/a', value: 1 }],
  [{ op: 'add', path: '/extra/a', value: 1, more: 2 }],
  [{ op: 'remove', path: '/extra/a', value: 1 }],
  [{ op: 'remove', path: '/extra/not-there' }],
  [{ op: 'replace', path: '/extra/not-there', value: 1 }],
  [{ op: 'add', path: '/extra/x/y/z', value: 1 }],
  [
    { op: 'add', path: '/extra/list', value: [1, 2] },
    { op: 'add', path: '/extra/list/-', value: 3 },
  ],
  [
    { op: 'add', path: '/extra/list/0', value: 0 },
    { op: 'remove', path: '/extra/list/1' },
  ],
  [{ op: 'remove', path: '/extra/list/9' }],
  [{ op: 'replace', path: '/extra/list/0', value: { a: [] } }],
  [{ op: 'add', path: '/extra/list/0/a/-', value: 'deep' }],
  [
    { op: 'remove', path: '/extra/list' },
    { op: 'remove', path: '/extra/list' },
  ],
  [
    { op: 'remove', path: '/extra' },
    { op: 'add', path: '/extra', value: { one: 1 } },
  ],
  [
    { op: 'add', path: '/extra', value: { two: 2 } },
    { op: 'remove', path: '/extra/two' },
  ],
  [{ op: 'add', path: '/uuid', value: '3f2504e0-4f89-41d3-9a0c-0305e82c33aa' }],
  [{ op: 'add', path: '/id', value: 1 }],
];

/** The list asked in every way, beginning with the markers of things that are there. */
export function listOddly(s: Script, thing: Thing, uuids: readonly string[]): void {
  const { resource } = thing;
  const path = `/v1/${resource.path}`;
  const list = (query: string, minor = 115) => s.ask('GET', `${path}${query}`, undefined, { minor });
  for (const minor of new Set([resource.since - 1, resource.since, 115])) if (minor > 0) list('', minor);
  for (const [name, filter] of Object.entries(resource.filters ?? {})) {
    for (const text of oddTexts) list(`?${name}=${text}`);
    list(`?${name}=${uuids[0]}`);
    list(`?${name}`);
    list(`?${name}=a&${name}=b`);
    list(`?${name.toUpperCase()}=a`);
    for (const minor of [filter.since - 1, filter.since]) if (minor >= resource.since) list(`?${name}=true`, minor);
  }
  for (const text of [...oddTexts, '2', '-1', '1001', '99999999999999999999', '+1'])
    for (const name of ['limit', 'marker', 'sort_key', 'sort_dir', 'fields', 'detail', 'bogus'])
      list(`?${name}=${text}`);
  for (const marker of uuids.slice(0, 3)) {
    list(`?limit=2&marker=${marker}`);
    list(`?limit=1&marker=${marker}&sort_key=uuid&sort_dir=desc`);
    list(`?marker=${marker.toUpperCase()}`);
  }
  for (const direction of ['asc', 'desc', 'ASC', 'DESC', 'up']) list(`?sort_dir=${direction}`);
  for (const [name, field] of fieldsOf(thing)) {
    list(`?sort_key=${name}`);
    list(`?fields=${name}`);
    list(`?limit=1&fields=${name}&sort_key=${name}&sort_dir=desc`);
    if (field.since > resource.since) {
      list(`?sort_key=${name}`, field.since - 1);
      list(`?fields=${name}`, field.since - 1);
      list(`?fields=${name}`, field.since);
    }
  }
  for (const query of oddLists) list(query);
  for (const query of ['', '?limit=1', '?fields=uuid', '?detail=true', '?sort_key=created_at', '?bogus=1'])
    s.ask('GET', `${path}/detail${query}`);
  s.ask('GET', `${path}/detail/x`);
  for (const minor of [8, 23, 32, 42, 43, 51, 55, 91, 92, 96])
    if (minor >= resource.since) for (const query of ['?fields=uuid', '?detail=true', '?limit=1']) list(query, minor);
}

const oddLists: readonly string[] = [
  '?fields=uuid&fields=extra',
  '?fields=uuid,uuid,UUID',
  '?fields=%20uuid%20,%20extra',
  '?fields=uuid,nope',
  '?fields=links',
  '?fields=uuid&detail=true',
  '?fields=uuid&detail=false',
  '?fields=&detail=true',
  '?detail=',
  '?detail=TRUE',
  '?detail=x',
  '?Detail=true',
  '?limit=1&limit=2',
  '?limit=2&sort_key=uuid',
  '?limit=2&sort_key=uuid&sort_dir=desc',
  '?limit=2&fields=uuid',
  '?limit=2&detail=true',
  '?sort_key=uuid,name',
  '?sort_key=UUID',
  '?sort_key=id',
  '?sort_key=__class__',
  '?sort_key=extra.a',
  '?&',
  '?=',
  '?=x',
  '?limit',
  '?limit=1;sort_key=uuid',
  '?limit=%31',
  '?%6Cimit=1',
];

/** One of it, named and asked for in every way. */
export function showOddly(s: Script, thing: Thing, uuid: string, name?: string): void {
  const { resource } = thing;
  const path = `/v1/${resource.path}`;
  const show = (tail: string, minor: number | string | null = 115) =>
    s.ask('GET', `${path}/${tail}`, undefined, { minor });
  for (const ident of [uuid, ...(name ? [name, name.toUpperCase(), `${name}.json`] : []), ...oddIdents(uuid)]) {
    show(ident);
    show(ident, 90);
    if (resource.since < 23) show(ident, 1);
  }
  for (const tail of [
    '?fields=uuid',
    '?fields=',
    '?fields=nope',
    '?fields=links',
    '?fields=UUID,extra',
    '?bogus=1',
    '?detail=true',
    '?limit=1',
  ])
    show(`${uuid}${tail}`);
  for (const [field, { since }] of fieldsOf(thing)) {
    show(`${uuid}?fields=${field}`);
    if (since > resource.since) show(`${uuid}?fields=${field}`, since - 1);
  }
  for (const minor of [1, 8, 9, 22, 23, 31, 32, 43, 54, 55, 59, 60, 87, 91, 92, 95, 96, 111, 114]) show(uuid, minor);
  for (const method of ['PUT', 'POST', 'HEAD', 'OPTIONS']) {
    s.ask(method, `${path}/${uuid}`);
    s.ask(method, `${path}/${uuid}`, {});
    if (method !== 'POST') s.ask(method, path, {});
  }
  for (const ident of oddIdents(uuid)) s.ask('DELETE', `${path}/${ident}`);
  for (const method of ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'])
    s.ask(method, `${path}/${uuid}/nope`, method === 'GET' ? undefined : []);
  s.ask('DELETE', path);
  s.ask('PATCH', path, []);
  s.ask('DELETE', `${path}/${uuid}`, undefined, { minor: Math.max(1, resource.since - 1) });
  s.ask('DELETE', `${path}/${uuid}?bogus=1`);
  s.ask('DELETE', `${path}/${uuid}`, { any: 'thing' });
  s.ask('DELETE', `${path}/${uuid}`);
}

/** Names in a path of what there is not. */
export const oddIdents = (uuid: string): string[] => [
  'nope',
  'no%20pe',
  'n%C3%B6pe',
  'a'.repeat(256),
  '3f2504e0-4f89-41d3-9a0c-0305e82c33ff',
  uuid.slice(0, -1),
  `${uuid}x`,
  `${uuid}.json.json`,
  '%2e%2e',
  'a%2Fb',
  '1',
  '-',
];
