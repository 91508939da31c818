// The figures of a run, for Prometheus. Rooms count in plain objects; here they get their names.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '#base/clock.ts';
import type { PowerSyncCounts } from '#conductor/power-sync/watch.ts';
import type { Db } from '#db/database.ts';
import { newestHappening } from '#db/happenings.ts';
import { countByState } from '#db/node-watch.ts';
import { waitingCallbacks } from '#db/nova-callbacks.ts';
import type { NovaCounts } from '#outlets/nova/sender.ts';
import type { OutletStatus } from '#outlets/outlet.ts';

export interface Metrics {
  /** Milliseconds from the change of a power state to the request that tells nova. */
  readonly novaDelay: (ms: number) => void;
  watchNova(counts: NovaCounts): void;
  watchOutlets(statuses: () => readonly OutletStatus[]): void;
  readonly page: () => Promise<{ type: string; text: string }>;
}

type Reading = readonly [value: number, labels?: Record<string, string>];

export function makeMetrics({ db, clock, power }: { db: Db; clock: Clock; power: PowerSyncCounts }): Metrics {
  const registry = new Registry();
  const registers = [registry];

  const gauge = (
    name: string,
    help: string,
    read: () => readonly Reading[] | Promise<readonly Reading[]>,
    label?: string,
  ) =>
    new Gauge({
      name,
      help,
      registers,
      labelNames: label ? [label] : [],
      async collect() {
        this.reset();
        for (const [value, labels = {}] of await read()) this.set(labels, value);
      },
    });
  const counter = (name: string, help: string, read: () => readonly Reading[], label?: string) =>
    new Counter({
      name,
      help,
      registers,
      labelNames: label ? [label] : [],
      collect() {
        this.reset();
        for (const [value, labels = {}] of read()) this.inc(labels, value);
      },
    });

  gauge('ingot_nodes', 'Nodes by provision state.', () => byState(db), 'provision_state');
  counter(
    'ingot_power_sync_looks_total',
    'Looks at the power of machines, by what was found to be done.',
    () => Object.entries(power.verdicts).map(([verdict, n]) => [n, { verdict }] as const),
    'verdict',
  );
  counter('ingot_power_sync_locked_total', 'Corrections left to the next look, as the node was held.', () => [
    [power.locked],
  ]);
  counter('ingot_power_sync_recovered_total', 'Nodes that came back after a power failure.', () => [[power.recovered]]);
  gauge('ingot_power_sync_under_way', 'Looks under way.', () => [[power.underWay]]);
  gauge('ingot_power_sync_round_seconds', 'Duration of the last round.', () => [[power.roundMs / 1000]]);
  gauge('ingot_power_sync_round_nodes', 'Nodes of the last round.', () => [[power.roundNodes]]);
  gauge('ingot_nova_callbacks_waiting', 'Power states that nova has still to hear.', async () => [
    [(await waitingCallbacks(db.read)).count],
  ]);
  gauge('ingot_nova_oldest_waiting_seconds', 'Age of the oldest of them; 0 where none waits.', async () => {
    const { oldest } = await waitingCallbacks(db.read);
    return [[oldest === null ? 0 : (clock.now() - oldest) / 1000]];
  });
  const delay = new Histogram({
    name: 'ingot_nova_delay_seconds',
    help: 'From the change of a power state to the request that tells nova.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 10, 60],
    registers,
  });
  counter('process_cpu_seconds_total', 'CPU time of the process.', () => {
    const { user, system } = process.cpuUsage();
    return [[(user + system) / 1e6]];
  });
  gauge('process_resident_memory_bytes', 'Memory of the process.', () => [[process.memoryUsage.rss()]]);

  return {
    novaDelay: (ms) => delay.observe(Math.max(0, ms) / 1000),
    watchNova(counts) {
      counter('ingot_nova_requests_total', 'Requests to nova.', () => [[counts.sent]]);
      counter(
        'ingot_nova_callbacks_total',
        'How requests to nova ended.',
        () => (['told', 'refused', 'failed'] as const).map((result) => [counts[result], { result }] as const),
        'result',
      );
    },
    watchOutlets(statuses) {
      const name = (outlet: string) => ({ outlet });
      gauge('ingot_outlet_lag', 'Happenings that an outlet has not heard yet.', () => lags(db, statuses()), 'outlet');
      counter(
        'ingot_outlet_failures_total',
        'Failures of an outlet to take what happened.',
        () => statuses().map((one) => [one.failures, name(one.name)] as const),
        'outlet',
      );
    },
    page: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

async function byState(db: Db): Promise<Reading[]> {
  return (await countByState(db.read)).map(({ provision_state, count }) => [count, { provision_state }] as const);
}

async function lags(db: Db, statuses: readonly OutletStatus[]): Promise<Reading[]> {
  const newest = await newestHappening(db.read);
  return statuses.map(({ name, cursor }) => [newest - cursor, { outlet: name }] as const);
}
