// The API as clients meet it: lists, single nodes, creations and changes, on SQLite with full durability.
import { newUuid } from '#base/ids.ts';
import { RawClient, type Request } from './raw-client.ts';
import { type Served, startServed } from './served.ts';

interface Figure {
  readonly what: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of the server's CPU for one request: does not depend on who else uses the machine. */
  readonly cpu: number;
  readonly wanted: number;
}

interface Load {
  readonly what: string;
  readonly wanted: number;
  readonly clients: number;
  readonly count: number;
  readonly status: number;
  /** Requests before those that are counted. */
  readonly warm?: number;
  request(n: number): Request;
}

const newNode = (uuid: string, n: number) => ({
  uuid,
  name: `rack${Math.floor(n / 40)}-u${n % 40}`,
  driver: 'fake-hardware',
  resource_class: 'baremetal',
  driver_info: { ipmi_address: `10.0.${n >> 8}.${n & 255}`, ipmi_username: 'admin', ipmi_password: 'secret' },
  properties: {
    cpus: 64,
    memory_mb: 262144,
    local_gb: 960,
    cpu_arch: 'x86_64',
    vendor: 'example',
    capabilities: 'boot_mode:uefi',
  },
  extra: { rack: Math.floor(n / 40), unit: n % 40, serial: `SN${n}` },
});

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

async function measure(served: Served, load: Load): Promise<Figure> {
  const clients = await Promise.all(Array.from({ length: load.clients }, () => RawClient.open(served.port)));
  const times: number[] = [];
  let next = 0;
  const run = async (client: RawClient) => {
    while (next < until) {
      const request = load.request(next++);
      const began = performance.now();
      const { status } = await client.ask(request);
      times.push(performance.now() - began);
      if (status !== load.status) throw new Error(`${request.method} ${request.path}: HTTP ${status}`);
    }
  };
  let until = load.warm ?? 0;
  await Promise.all(clients.map(run));
  times.length = 0;
  until += load.count;
  const cpu = served.cpu();
  const began = performance.now();
  await Promise.all(clients.map(run));
  const seconds = (performance.now() - began) / 1000;
  const used = served.cpu() - cpu;
  for (const client of clients) client.close();
  times.sort((a, b) => a - b);
  const { what, wanted, count } = load;
  return {
    what,
    wanted,
    perSecond: count / seconds,
    p50: at(times, 0.5),
    p99: at(times, 0.99),
    cpu: (used / count) * 1000,
  };
}

const tell = ({ what, perSecond, p50, p99, cpu, wanted }: Figure): void =>
  console.log(
    `${what.padEnd(46)} ${perSecond.toFixed(0).padStart(7)}/s (aim ${wanted})  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  CPU ${cpu.toFixed(3)} ms each`,
  );

interface Options {
  readonly nodes: number;
  readonly part: number;
  readonly profile: string | undefined;
  readonly only: readonly string[] | undefined;
}

/**
 * `--nodes=10000`, `--part=0.2` for a shorter run, `--only=list,node` for some of its lines, `--profile=folder` for a CPU
 * profile of the server.
 */
function options(args: readonly string[]): Options {
  const given = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  return {
    nodes: Number(given('nodes') ?? 10_000),
    part: Number(given('part') ?? 1),
    profile: given('profile'),
    only: given('only')?.split(','),
  };
}

async function measureAll(served: Served, { nodes, part, only }: Options): Promise<void> {
  const uuids = Array.from({ length: nodes }, newUuid);
  const some = (count: number) => Math.max(50, Math.round(count * part));
  const wanted = (name: string) => only?.includes(name) ?? true;
  const take = async (name: string, load: Load) => {
    if (wanted(name)) tell(await measure(served, load));
  };
  const change = (n: number, value: string): Request => ({
    method: 'PATCH',
    path: `/v1/nodes/${uuids[n % nodes]}`,
    body: [{ op: 'replace', path: '/extra/serial', value }],
  });
  tell(
    await measure(served, {
      what: `POST /v1/nodes`,
      wanted: 1500,
      clients: 64,
      count: nodes,
      status: 201,
      request: (n) => ({ method: 'POST', path: '/v1/nodes', body: newNode(uuids[n]!, n) }),
    }),
  );
  const get = (path: string) => ({ status: 200, request: () => ({ method: 'GET', path }) as const });
  const list = get('/v1/nodes?limit=1000');
  const detail = get('/v1/nodes/detail?limit=1000');
  await take('list', {
    what: 'GET nodes?limit=1000, 8 clients',
    wanted: 400,
    clients: 8,
    warm: 50,
    count: some(1000),
    ...list,
  });
  await take('cold', { what: 'GET nodes/detail?limit=1000, once cold', wanted: 0, clients: 1, count: 1, ...detail });
  await take('detail', {
    what: 'GET nodes/detail?limit=1000, 8 clients',
    wanted: 200,
    clients: 8,
    warm: 50,
    count: some(500),
    ...detail,
  });
  await take('node', {
    what: 'GET nodes/{uuid}, 16 clients',
    wanted: 8000,
    clients: 16,
    warm: nodes,
    count: some(20_000),
    status: 200,
    request: (n) => ({ method: 'GET', path: `/v1/nodes/${uuids[(n * 7919) % nodes]}` }),
  });
  await take('patch', {
    what: 'PATCH nodes/{uuid}, 64 clients',
    wanted: 1500,
    clients: 64,
    count: nodes,
    status: 200,
    request: (n) => change(n, `new${n}`),
  });
  if (wanted('changed')) tell(await afterChanges(served, uuids, change));
}

/** Every node is changed, then the first page with all of its fields is asked for; only that is counted. */
async function afterChanges(
  served: Served,
  uuids: readonly string[],
  change: (n: number, value: string) => Request,
): Promise<Figure> {
  const client = await RawClient.open(served.port);
  const changers = await Promise.all(Array.from({ length: 64 }, () => RawClient.open(served.port)));
  const times: number[] = [];
  const page = Math.min(1000, uuids.length);
  let used = 0;
  for (let round = 0; round < 20; round++) {
    let next = 0;
    await Promise.all(
      changers.map(async (changer) => {
        while (next < page) await changer.ask(change(next++, `round${round}`));
      }),
    );
    const cpu = served.cpu();
    const began = performance.now();
    await client.ask({ method: 'GET', path: '/v1/nodes/detail?limit=1000' });
    times.push(performance.now() - began);
    used += served.cpu() - cpu;
  }
  for (const one of [client, ...changers]) one.close();
  times.sort((a, b) => a - b);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  return {
    what: 'GET nodes/detail?limit=1000, all changed before',
    wanted: 40,
    perSecond: 1000 / mean,
    p50: at(times, 0.5),
    p99: at(times, 0.99),
    cpu: (used / times.length) * 1000,
  };
}

export default {
  name: 'api',
  about: 'the REST API with 10,000 nodes on SQLite with full durability, against its aims',
  async run(args: readonly string[] = []): Promise<void> {
    const asked = options(args);
    const served = await startServed({ profile: asked.profile });
    try {
      await measureAll(served, asked);
      console.log(`memory with ${asked.nodes} nodes: ${served.memory().toFixed(0)} MB (aim 400)`);
    } finally {
      await served.stop();
    }
  },
};
