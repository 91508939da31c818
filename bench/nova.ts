// Nova is told of power states: events a second through the outlet, and how long after the commit each request goes out.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { loadConfig } from '#config/load.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { recordHappenings } from '#db/happenings.ts';
import { makeNova } from '#outlets/nova/nova.ts';
import { startRelay } from '#outlets/relay.ts';

const answer = JSON.stringify({ events: [{ name: 'power-update', status: 'completed', code: 200 }] });
const aimMs = 50;

/** Nova, answering at once; tells when each instance was heard of. */
async function nova() {
  const heard = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      heard.set(/"server_uuid": "([^"]+)"/.exec(body)![1]!, performance.now());
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2.1`, server };
}

const change = (db: Db, instance: string) =>
  db.write((tx) =>
    recordHappenings(tx, [
      {
        kind: 'power.changed',
        node: 'n',
        instance,
        from: null,
        to: 'power on',
        target: 'power on',
        by: { requestId: `req-${instance}` },
      },
    ]),
  );

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.floor((sorted.length - 1) * q)]!;

/** `count` changes, one each `pauseMs`; the delays from the return of the commit to the request, sorted. */
async function delays(db: Db, heard: Map<string, number>, count: number, pauseMs: number): Promise<number[]> {
  const committed = new Map<string, number>();
  for (let n = 0; n < count; n++) {
    const instance = randomUUID();
    await change(db, instance);
    committed.set(instance, performance.now());
    await systemClock.sleep(pauseMs);
  }
  while ([...committed.keys()].some((instance) => !heard.has(instance))) await systemClock.sleep(20);
  return [...committed].map(([instance, at]) => heard.get(instance)! - at).sort((a, b) => a - b);
}

async function run(args: string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({ args, options: { count: { type: 'string', default: '2000' } } });
  const count = Number(values.count);
  console.log(
    `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)} before`,
  );
  const folder = await mkdtemp(join(tmpdir(), 'ingot-bench-'));
  const db = await openDb({ url: `sqlite:///${folder}/bench.sqlite`, log: silent, clock: systemClock });
  const { heard, url, server } = await nova();
  const { config } = loadConfig({ sets: [`nova.endpoint_override=${url}`] });
  const way = makeNova({ config, db, clock: systemClock, log: silent, userAgent: 'ingot-conductor' })!;
  await way.start();
  const relay = await startRelay({ db, clock: systemClock, log: silent }, [way.outlet]);
  const figures: Record<string, number> = {};
  try {
    await delays(db, heard, 50, 1);
    for (const [what, many, pause] of [
      ['one each 10 ms', Math.min(count, 500), 10],
      ['one after the other', count, 0],
    ] as const) {
      const sorted = await delays(db, heard, many, pause);
      figures[`delay p50 ms, ${what}`] = quantile(sorted, 0.5);
      figures[`delay p99 ms, ${what}`] = quantile(sorted, 0.99);
      figures[`delay longest ms, ${what}`] = sorted.at(-1)!;
    }
    const before = heard.size;
    const started = performance.now();
    await Promise.all(Array.from({ length: count }, () => change(db, randomUUID())));
    while (heard.size < before + count) await systemClock.sleep(5);
    figures['events/s, all at once'] = (count / (performance.now() - started)) * 1000;
    for (const [what, figure] of Object.entries(figures)) console.log(`${what}: ${figure.toFixed(1)}`);
    const worst = figures['delay p99 ms, one each 10 ms']!;
    console.log(`aim: p99 below ${aimMs} ms while nova answers: ${worst < aimMs ? 'met' : 'MISSED'}`);
    return figures;
  } finally {
    await relay.stop();
    await way.stop();
    await db.close();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export default {
  name: 'nova',
  about: 'events a second to nova through the outlet, and the delay from commit to request (--count N)',
  run,
};
