// Requests that nobody means well: wrong paths, arguments, versions, headers, bodies, and bytes that are no HTTP. The same
// seed gives the same requests.
import { RawClient, type Reply } from '../../bench/raw-client.ts';

type Random = () => number;

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const words = [
  ...['v1', 'nodes', 'ports', 'portgroups', 'chassis', 'drivers', 'conductors', 'allocations', 'volume', 'connectors'],
  ...[
    'targets',
    'deploy_templates',
    'runbooks',
    'inspection_rules',
    'shards',
    'lookup',
    'heartbeat',
    'events',
    'detail',
  ],
  ...['states', 'provision', 'power', 'raid', 'traits', 'vifs', 'management', 'boot_device', 'maintenance', 'validate'],
  ...['bios', 'firmware', 'history', 'inventory', 'vmedia', 'vendor_passthru', 'methods', 'continue_inspection'],
  ...[
    'openapi.json',
    'ingot',
    'fake-hardware',
    'a-node',
    'a-node.json',
    '.json',
    '..',
    '.',
    '',
    '%00',
    '%ff',
    '%2e%2e',
  ],
  ...['__proto__', 'constructor', 'a%20b', '%F0%9F%92%A3', 'x'.repeat(300), '0ad0d288-e0ae-5bfe-9598-b5dabd89ada0'],
  ...['0AD0D288E0AE5BFE9598B5DABD89ADA0', "'; drop table nodes; --", '{node}', '*', '~1', '%25'],
];
const names = [
  ...['limit', 'marker', 'sort_key', 'sort_dir', 'fields', 'detail', 'node', 'address', 'driver', 'owner', 'shard'],
  ...['conductor_group', 'provision_state', 'associated', 'maintenance', 'project', 'resource_class', 'node_uuid'],
  ...['description_contains', 'include_children', 'parent_node', 'version', 'method', '__proto__', 'toString', ''],
];
const values = [
  ...['', '0', '-1', '1', '99999999999999999999', '1e9', 'NaN', 'true', 'None', 'null', 'asc', 'uuid', 'id', 'name'],
  ...['__proto__', '%00', '%', '%zz', '%ff', "'", '"', '%25', '_', 'links', 'uuid,uuid,name', ',,,', 'a'.repeat(2000)],
  ...['0ad0d288-e0ae-5bfe-9598-b5dabd89ada0', '00:11:22:33:44:55', '[]', '{}', '%E2%80%AE', 'traits', 'driver_info'],
];
const keys = [
  ...[
    'uuid',
    'name',
    'driver',
    'driver_info',
    'properties',
    'extra',
    'instance_info',
    'target',
    'address',
    'node_uuid',
  ],
  ...['op', 'path', 'value', 'from', 'steps', 'traits', 'actions', 'conditions', 'resource_class', 'candidate_nodes'],
  ...['__proto__', 'constructor', 'links', 'id', 'created_at', 'configdrive', 'network_data', 'callback_url', 'type'],
];
const paths = [
  '/extra/a',
  '/name',
  '/driver',
  '/uuid',
  '/',
  '',
  'x',
  '/__proto__/x',
  '/extra/~2',
  '/extra/-',
  '/links/0',
];
const leaves = [
  ...[null, true, false, 0, -1, 1.5, 1e308, '', 'a-node', 'fake-hardware', '\u0000', '\ud800', 'x'.repeat(300)],
  ...['0ad0d288-e0ae-5bfe-9598-b5dabd89ada0', '00:11:22:33:44:55', 'http://127.0.0.1:1/', 'add', 'remove', 'replace'],
];
const noHttp = [
  'GET\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  '\u0000\u0001\u0002\r\n\r\n',
  'GET /v1/nodes HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n',
  'POST /v1/nodes HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
  'POST /v1/nodes HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
  'GET /v1/nodes HTTP/1.1\r\nHost: a\r\nX: \u0001\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  'GET /a b c HTTP/1.1\r\nHost: a\r\n\r\n',
];

interface Bad {
  readonly bytes: Buffer;
  readonly said: string;
}

/** The next bad request. */
export function badRequest(random: Random): Bad {
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const many = (most: number) => Math.floor(random() * (most + 1));
  if (random() < 0.02) {
    const said = one(noHttp);
    return { bytes: Buffer.from(said, 'latin1'), said };
  }
  const tree = (depth: number): unknown => {
    const kind = random();
    if (depth === 0 || kind < 0.5) return random() < 0.3 ? one(paths) : one(leaves);
    if (kind < 0.7) return Array.from({ length: many(3) }, () => tree(depth - 1));
    return Object.fromEntries(Array.from({ length: many(5) }, () => [one(keys), tree(depth - 1)]));
  };
  const method = one(['GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']);
  const segments = Array.from({ length: many(5) }, () => one(words).replaceAll(' ', '%20'));
  const search = Array.from({ length: many(3) }, () => `${one(names)}=${one(values)}`).join('&');
  const path = `/${random() < 0.8 ? 'v1/' : ''}${segments.join('/')}${search ? `?${search}` : ''}`;
  const body = bodyText(random, one, tree);
  const version =
    random() < 0.8
      ? 'latest'
      : one(['latest', '1.1', '1.50', '1.115', '1.116', '0.9', '2.1', '', 'x', '1.', '1.99999999999']);
  const type = one(['application/json', 'application/json', 'text/plain', 'application/x-www-form-urlencoded', '']);
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${one(['localhost', 'a:b:c', '[::1]', '"'])}`,
    `X-OpenStack-Ironic-API-Version: ${version}`,
    ...(type ? [`Content-Type: ${type}`] : []),
    ...(random() < 0.1 ? [`X-OpenStack-Request-ID: ${one(['req-x', `req-${'a'.repeat(500)}`])}`] : []),
    ...(body.length ? [`Content-Length: ${body.length}`] : []),
  ].join('\r\n');
  return {
    bytes: Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]),
    said: `${head}\n${body.toString()}`,
  };
}

function bodyText(random: Random, one: <T>(list: readonly T[]) => T, tree: (depth: number) => unknown): Buffer {
  const kind = random();
  if (kind < 0.3) return Buffer.alloc(0);
  if (kind < 0.4)
    return Buffer.from(one(['{', '[[[[', 'null', '"', '{"a":}', 'NaN', '[1,]', '\ufeff{}', '{"a":1}{"b":2}']));
  if (kind < 0.43) return Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
  if (kind < 0.46) return Buffer.from('['.repeat(5000));
  return Buffer.from(JSON.stringify(tree(4)));
}

/** What came of many bad requests. */
export interface Outcome {
  /** How often each status was answered; 0: the connection was closed. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Requests that were answered with a 5xx. */
  readonly failures: readonly string[];
}

/** Send `count` bad requests over `clients` connections, which are opened again when the server has closed them. */
export async function fuzz(o: { port: number; count: number; seed: number; clients: number }): Promise<Outcome> {
  const random = randomOf(o.seed);
  const statuses = new Map<number, number>();
  const failures: string[] = [];
  let left = o.count;
  const run = async () => {
    let client: RawClient | undefined;
    while (left-- > 0) {
      const { bytes, said } = badRequest(random);
      client ??= await RawClient.open(o.port);
      const reply: Reply | undefined = await client.send(bytes, false).catch(() => undefined);
      const status = reply?.status ?? 0;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status >= 500) failures.push(`${status}: ${said.slice(0, 600)}`);
      if (!reply || reply.closes) {
        client.close();
        client = undefined;
      }
    }
    client?.close();
  };
  await Promise.all(Array.from({ length: o.clients }, run));
  return { statuses, failures };
}
