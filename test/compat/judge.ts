// Tells in what an answer differs from a recorded one: status, body value by value, the headers that clients read.

type Json = unknown;
type Fields = Record<string, Json>;

export interface Exchange {
  readonly name: string;
  readonly before?: readonly Before[];
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Json;
    readonly raw?: boolean;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Json;
  };
  /** Where the node came to rest once the order was carried out. */
  readonly after?: Fields;
}

export interface Before {
  readonly wait?: { readonly node?: string; readonly allocation?: string; readonly provision_state?: string };
  readonly force?: { readonly node: string; readonly set: Fields };
  readonly lock?: { readonly node: string; readonly by: string };
  readonly unlock?: { readonly node: string } | string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

/** The address of the service that was recorded. */
const recordedBase = 'http://127.0.0.1:6385';

/** Fields whose value is another one in every run; only whether they are null is compared. */
const varying = new Set([
  'created_at',
  'updated_at',
  'provision_updated_at',
  'inspection_started_at',
  'inspection_finished_at',
  'agent_last_heartbeat',
  'agent_secret_token',
  'agent_token',
  'last_power_state_change',
  'driver_internal_info',
  'event_timestamp',
  'duration_seconds',
]);
const unordered = /^(enabled_.*_interfaces|.*traits|hosts|drivers|conductors|versions|locations)$/;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const onlyUuid = new RegExp(`^${uuid.source}$`);

const isFields = (value: Json): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const short = (value: Json): string => (JSON.stringify(value) ?? 'undefined').slice(0, 100);

/** Judges the answers of one file in their order, and learns which of our UUIDs stand for recorded ones. */
export class Judge {
  readonly #same = new Map<string, string>();
  readonly #base: string;
  #path = '';

  constructor(base: string) {
    this.#base = base;
  }

  /** Recorded text with our UUIDs in place of those that the recorded service made. */
  ours(text: string): string {
    return text.replace(uuid, (word) => this.#same.get(word) ?? word);
  }

  /** What differs, nothing when all is well. A recorded 500 is a defect: anything that is no 5xx passes. */
  differences(exchange: Exchange, got: Answer): string[] {
    const want = exchange.response;
    this.#path = exchange.request.path;
    if (want.status === 500) return got.status < 500 ? [] : [`status: no 5xx expected, got ${got.status}`];
    if (got.status !== want.status) return [`status: ${want.status} expected, got ${got.status} ${short(got.body)}`];
    if (got.status < 300) this.#learn(want.body, got.body, JSON.stringify(exchange.request));
    const body = exchange.request.method === 'HEAD' ? [] : this.#compare(want.body, got.body, 'body');
    return [...body, ...this.#compareHeaders(want.headers, want.body, got)];
  }

  /** What differs between where a node came to rest and where it did in the recording, key by key. */
  resting(after: Fields, got: Json): string[] {
    if (!isFields(got)) return [`after: an object expected, got ${short(got)}`];
    return Object.entries(after).flatMap(([key, value]) => this.#compare(value, got[key], `after.${key}`));
  }

  #compareHeaders(want: Readonly<Record<string, string>>, body: Json, got: Answer): string[] {
    const recorded = new Map(Object.entries(want).map(([name, value]) => [name.toLowerCase(), value]));
    const out: string[] = [];
    for (const name of compared) {
      const value = recorded.get(name);
      if (value !== undefined && this.ours(value) !== this.#theirs(got.headers[name] ?? ''))
        out.push(`header ${name}: ${value} expected, got ${got.headers[name]}`);
    }
    const type = recorded.get('content-type')?.split(';')[0];
    if (type && body !== null && type !== got.headers['content-type']?.split(';')[0])
      out.push(`header content-type: ${type} expected, got ${got.headers['content-type']}`);
    return out;
  }

  #theirs(text: string): string {
    return text.replaceAll(this.#base, recordedBase);
  }

  #learn(want: Json, got: Json, asked: string): void {
    if (typeof want === 'string' && typeof got === 'string') {
      if (onlyUuid.test(want) && onlyUuid.test(got) && want !== got && !asked.includes(want)) this.#same.set(want, got);
    } else if (isFields(want) && isFields(got)) {
      for (const key of Object.keys(want)) if (key in got) this.#learn(want[key], got[key], asked);
    } else if (Array.isArray(want) && Array.isArray(got) && want.length === got.length)
      for (const [at, item] of want.entries()) this.#learn(item, got[at], asked);
  }

  #compare(want: Json, got: Json, at: string): string[] {
    const key = at.slice(at.lastIndexOf('.') + 1);
    if (varying.has(key))
      return (want === null) === (got === null) ? [] : [`${at}: null ${want === null ? 'expected' : 'not expected'}`];
    if (key === 'error_message' && typeof want === 'string') return this.#compareError(want, got, at);
    if (typeof want === 'string' && this.#isSentence(key))
      return typeof got === 'string' && got !== '' ? [] : [`${at}: a sentence expected, got ${short(got)}`];
    if (isFields(want)) return this.#compareFields(want, got, at);
    if (Array.isArray(want)) return this.#compareLists(want, got, at, key);
    const [expected, found] =
      typeof want === 'string' && typeof got === 'string' ? [this.ours(want), this.#theirs(got)] : [want, got];
    return Object.is(expected, found) ? [] : [`${at}: ${short(expected)} expected, got ${short(found)}`];
  }

  /** Sentences are ours: why something failed, what a property or a vendor's method is for. */
  #isSentence(key: string): boolean {
    if (key === 'last_error' || key === 'event') return true;
    if (key === 'reason') return /\/validate\b/.test(this.#path);
    if (key === 'description') return this.#path.includes('/vendor_passthru/methods');
    return /\/(properties|logical_disk_properties)(\?|$)/.test(this.#path);
  }

  #compareFields(want: Fields, got: Json, at: string): string[] {
    if (!isFields(got)) return [`${at}: an object expected, got ${short(got)}`];
    return [
      ...Object.keys(want).flatMap((key) => (key in got ? [] : [`${at}.${key}: missing`])),
      ...Object.keys(got).flatMap((key) => (key in want ? [] : [`${at}.${key}: not expected`])),
      ...Object.keys(want).flatMap((key) => (key in got ? this.#compare(want[key], got[key], `${at}.${key}`) : [])),
    ];
  }

  #compareLists(want: Json[], got: Json, at: string, key: string): string[] {
    if (!Array.isArray(got)) return [`${at}: a list expected, got ${short(got)}`];
    if (want.length !== got.length) return [`${at}: ${want.length} items expected, got ${got.length}`];
    const [left, right] = unordered.test(key) ? [sorted(want), sorted(got)] : [want, got as Json[]];
    return left.flatMap((item, n) => this.#compare(item, right[n], `${at}.${n}`));
  }

  #compareError(want: string, got: Json, at: string): string[] {
    if (typeof got !== 'string') return [`${at}: text expected`];
    const [left, right] = [parsed(want), parsed(got)];
    if (!isFields(left)) return got ? [] : [`${at}: empty`];
    if (!isFields(right)) return [`${at}: JSON expected, got ${short(got)}`];
    const keys = [left, right].map((side) => Object.keys(side).sort().join());
    const out = keys[0] === keys[1] ? [] : [`${at}: keys ${keys[0]} expected, got ${keys[1]}`];
    for (const key of ['faultcode', 'code', 'title'])
      if (key in left && left[key] !== right[key])
        out.push(`${at}.${key}: ${short(left[key])} expected, got ${short(right[key])}`);
    if ('faultstring' in left && !right.faultstring) out.push(`${at}.faultstring: empty`);
    return out;
  }
}

const compared = [
  'location',
  'x-openstack-ironic-api-version',
  'x-openstack-ironic-api-minimum-version',
  'x-openstack-ironic-api-maximum-version',
];

const nameOf = (item: Json): string => JSON.stringify(isFields(item) ? (item.name ?? item.hostname ?? item) : item);
const sorted = (items: readonly Json[]): Json[] =>
  [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
