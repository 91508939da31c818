// Whatever happens in whatever order, in the end the record says what the machine is in, and nova knows the newest state
// that was to be told.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { newPowerWatch } from '#conductor/power-sync/watch.ts';
import { recover } from '#conductor/recover.ts';
import { recoverAll, round } from '#conductor/ticks/power-sync.ts';
import { happeningsOf } from '#db/happenings.ts';
import type { NodeRow } from '#db/schema.ts';
import { finalPower, type Power, type PowerTarget } from '#model/power.ts';
import { novaOutlet } from '#outlets/nova/outlet.ts';
import type { TellNova } from '#outlets/nova/power-update.ts';
import { NovaSender } from '#outlets/nova/sender.ts';
import { startRelay } from '#outlets/relay.ts';
import { type Bench, by, conductorBench } from '../../setup/conductor.ts';
import { type TinMachines, tinMachines } from '../../setup/tin-machines.ts';

type Step =
  | { do: 'order'; node: number; target: PowerTarget }
  | { do: 'button'; node: number; to: Power }
  | { do: 'fault'; node: number; fault: 'unreachable' | 'error' | 'stuck' | undefined }
  | { do: 'nova'; is: NovaMood }
  | { do: 'maintenance'; node: number; on: boolean }
  | { do: 'sync' | 'recovery' | 'restart' | 'kill' | 'pause' };

/** late: it takes effect, but nobody hears so, and other requests may overtake it. */
type NovaMood = 'well' | 'away' | 'late' | 'lost' | 'failing';

const nodes = 3;
const node = fc.nat(nodes - 1);
const power = fc.constantFrom<Power>('power on', 'power off');
const targets = Object.keys(finalPower) as PowerTarget[];
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('order' as const), node, target: fc.constantFrom(...targets) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('maintenance' as const), node, on: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('button' as const), node, to: power }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      node,
      fault: fc.constantFrom('unreachable' as const, 'error' as const, 'stuck' as const, undefined),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('nova' as const),
      is: fc.constantFrom<NovaMood>('well', 'away', 'late', 'lost', 'failing'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Step>(
      { do: 'sync' },
      { do: 'recovery' },
      { do: 'restart' },
      { do: 'kill' },
      { do: 'pause' },
    ),
  },
);

const lateMs = 15;
const doubtMs = 60;

/** Nova as it may be met: what it knows of each instance, and a way to tell it. */
function moodyNova() {
  const knows = new Map<string, string>();
  const nova = { knows, mood: 'well' as NovaMood, late: new Set<Promise<void>>(), tell };
  const ok = { is: 'answer', status: 200, text: '{"events":[{"code":200}]}' } as const;
  async function tell(...[{ instance, state }]: Parameters<TellNova>): ReturnType<TellNova> {
    const gone = { is: 'silence', why: nova.mood, mayHaveArrived: nova.mood !== 'away' } as const;
    switch (nova.mood) {
      case 'well':
        await systemClock.sleep(1);
        knows.set(instance, state);
        return ok;
      case 'late': {
        const arrives = systemClock.sleep(lateMs).then(() => void knows.set(instance, state));
        nova.late.add(arrives);
        return gone;
      }
      case 'failing':
        return { is: 'answer', status: 500, text: '' };
      default:
        return gone;
    }
  }
  return nova;
}

/** compat: an order for what the machine is in already mends the record, and tells nobody; so not always the record's. */
async function newestToTell({ db }: Bench, uuid: string): Promise<unknown> {
  const told = await happeningsOf(db.read, uuid, 1000);
  return told.find(({ kind, body }) => /^power\.(changed|corrected)$/.test(kind) && body.to !== null)?.body.to;
}

class House {
  bench!: Bench;
  watch = newPowerWatch();
  readonly #url: string;
  readonly #tell: TellNova;
  /** Of the processes that were killed: they may end, but reach nothing any more. */
  readonly #ends: Promise<void>[] = [];
  #stopOutlets = async () => {};
  #dead = new AbortController();

  constructor(url: string, tell: TellNova) {
    this.#url = url;
    this.#tell = tell;
  }

  async open(): Promise<void> {
    this.#dead = new AbortController();
    this.bench = await conductorBench({
      url: this.#url,
      sets: [
        'conductor.power_state_sync_max_retries=1',
        'conductor.power_state_change_timeout=2',
        'conductor.node_locked_retry_attempts=1',
      ],
    });
    const { conductor } = this.bench.conductor.config;
    Object.assign(conductor, { power_state_change_timeout: 0.02, soft_power_off_timeout: 0.02 });
    this.watch = newPowerWatch();
    const { db } = this.bench;
    const parts = { db, clock: systemClock, log: silent };
    const { signal: dead } = this.#dead;
    const tell: TellNova = async (update, signal) =>
      dead.aborted ? { is: 'silence', why: 'killed', mayHaveArrived: false } : this.#tell(update, signal);
    const sender = new NovaSender({ ...parts, tell, enabled: () => true, random: () => 0, doubtMs });
    await sender.start();
    const outlet = novaOutlet({ log: silent, enabled: () => true, queued: () => sender.wake() });
    const relay = await startRelay(parts, [outlet]);
    this.#stopOutlets = async () => {
      await relay.stop();
      await sender.stop();
    };
    await recover(this.bench.conductor);
  }

  /** As `kill -9`: from now on nothing of it reaches the database, a machine or nova. What it had sent may still arrive. */
  async kill(machines: TinMachines): Promise<void> {
    const { db, conductor } = this.bench;
    const killed = async () => {
      throw new Error('killed');
    };
    (db as { write: unknown }).write = killed;
    machines.dead.add(conductor);
    this.#dead.abort();
    this.#ends.push(this.close().catch(() => {}));
    await this.open();
  }

  /** Resolves when nothing of any process is left. */
  async end(): Promise<void> {
    await this.close();
    await Promise.all(this.#ends);
  }

  /** Outlets first, as in the worst case: what the conductor still says is heard by the next process. */
  async close(): Promise<void> {
    const { bench } = this;
    await this.#stopOutlets();
    await bench.close();
  }
}

async function play(
  house: House,
  machines: TinMachines,
  nova: ReturnType<typeof moodyNova>,
  uuids: string[],
  one: Step,
) {
  const { conductor, orders } = house.bench;
  switch (one.do) {
    case 'order':
      return orders.power({ node: uuids[one.node]!, target: one.target, by }).catch(() => {}); // held: refused
    case 'button':
      return void machines.power.set(uuids[one.node]!, one.to);
    case 'fault':
      if (one.fault) machines.faults.set(uuids[one.node]!, one.fault);
      else machines.faults.delete(uuids[one.node]!);
      return;
    case 'nova':
      nova.mood = one.is;
      return;
    case 'maintenance':
      return orders
        .updateNode({ node: uuids[one.node]!, changes: { maintenance: one.on }, by })
        .then(() => {})
        .catch(() => {}); // held: refused
    case 'kill':
      return house.kill(machines);
    case 'sync':
      return round(conductor, house.watch, 0);
    case 'recovery':
      return recoverAll(conductor, house.watch);
    case 'restart':
      await house.close();
      return house.open();
    case 'pause':
      return systemClock.sleep(5);
  }
}

test('record converges to the machine, and nova to what was to be told', { timeout: 120_000 }, async () => {
  const machines = tinMachines();
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 25 }), async (steps) => {
        const folder = await mkdtemp(join(tmpdir(), 'ingot-truth-'));
        const nova = moodyNova();
        const house = new House(`sqlite:///${folder}/db.sqlite`, nova.tell);
        machines.power.clear();
        machines.faults.clear();
        await house.open();
        const rows = [];
        for (let n = 0; n < nodes; n++)
          rows.push(
            await house.bench.enroll({ provision_state: 'active', power_state: null, instance_uuid: randomUUID() }),
          );
        const uuids = rows.map((row) => row.uuid);
        for (const one of steps) await play(house, machines, nova, uuids, one);
        // Then all is well, and stays so.
        machines.faults.clear();
        nova.mood = 'well';
        await Promise.all(nova.late);
        const given = ({ maintenance, fault }: NodeRow) => maintenance && fault === null;
        for (const uuid of uuids)
          if (given(await house.bench.rest(uuid)))
            await house.bench.orders.updateNode({ node: uuid, changes: { maintenance: false }, by });
        await vi.waitFor(
          async () => {
            await recoverAll(house.bench.conductor, house.watch);
            await round(house.bench.conductor, house.watch, 0);
            for (const uuid of uuids) {
              const row = await house.bench.rest(uuid);
              expect(row).toMatchObject({ maintenance: false, power_state: machines.power.get(uuid) ?? 'power off' });
              expect(nova.knows.get(row.instance_uuid!)).toBe(await newestToTell(house.bench, uuid));
            }
          },
          { timeout: 5000, interval: 20 },
        );
        await house.end();
        await rm(folder, { recursive: true, force: true });
      }),
      { numRuns: Number(process.env.INGOT_TRUTH_RUNS ?? 60), endOnFailure: true },
    );
  } finally {
    machines.restore();
  }
});
