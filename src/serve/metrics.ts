// The figures of a run, for Prometheus. Rooms count in plain objects; here they get their names.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, type Metric, Registry } from 'prom-client';
import type { Watch } from '#api/route.ts';
import type { Clock } from '#base/clock.ts';
import type { PowerSyncCounts } from '#conductor/power-sync/watch.ts';
import type { Db } from '#db/database.ts';
import { newestHappening } from '#db/happenings.ts';
import { countByState } from '#db/node-watch.ts';
import { waitingCallbacks } from '#db/nova-callbacks.ts';
import type { NovaCounts } from '#outlets/nova/sender.ts';
import type { OutletStatus } from '#outlets/outlet.ts';
import { type Figure, RequestFigures } from './request-figures.ts';

export interface Metrics {
  /** Milliseconds from the change of a power state to the request that tells nova. */
  readonly novaDelay: (ms: number) => void;
  watchNova(counts: NovaCounts): void;
  watchOutlets(statuses: () => readonly OutletStatus[]): void;
  readonly served: NonNullable<Watch['served']>;
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
  gauge('ingot_power_sync_late_seconds', 'How far the round under way is behind its plan.', () => [
    [power.lateMs / 1000],
  ]);
  gauge('ingot_power_sync_round_ended_timestamp_seconds', 'When the last round ended; 0 before the first.', () => [
    [power.endedAt / 1000],
  ]);
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
  const loop = loopDelay();
  gauge(
    'ingot_event_loop_delay_seconds',
    'How long whatever is ready waits for its turn in the process: since the last reading, by quantile.',
    () => Object.entries(loop()).map(([quantile, seconds]) => [seconds, { quantile }] as const),
    'quantile',
  );
  counter('ingot_event_loop_active_seconds_total', 'Time that the process was at work instead of waiting.', () => [
    [performance.eventLoopUtilization().active / 1000],
  ]);
  const requests = new RequestFigures();
  const ready = (name: string, help: string, type: 'counter' | 'histogram', values: () => Figure[]) =>
    registry.registerMetric({
      name,
      help,
      type,
      get: () => ({ name, help, type, values: values() }),
    } as never as Metric);
  ready('ingot_api_requests_total', 'Requests by route and class of status.', 'counter', () => requests.requests());
  const seconds = 'ingot_api_request_seconds';
  ready(seconds, 'From a request to its answer, by route.', 'histogram', () => requests.durations(seconds));

  return {
    served: (route, status, ms) => requests.served(route, status, ms),
    novaDelay: (ms) => delay.observe(Math.max(0, ms) / 1000),
    watchNova(counts) {
      gauge(
        'ingot_nova_answers',
        '1 while nova answers, 0 while it is asked now and then whether it does again.',
        () => [[counts.away ? 0 : 1]],
      );
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

const loopResolutionMs = 20;

/** Quantiles of the delay since the last call, in seconds; nothing is measured before the first. */
function loopDelay(): () => Record<'0.5' | '0.99' | '1', number> {
  let delay: ReturnType<typeof monitorEventLoopDelay> | undefined;
  return () => {
    const seconds = (ns: number) => Math.max(0, ns / 1e9 - loopResolutionMs / 1000);
    const read =
      delay === undefined || delay.count === 0
        ? { '0.5': 0, '0.99': 0, '1': 0 }
        : { '0.5': seconds(delay.percentile(50)), '0.99': seconds(delay.percentile(99)), '1': seconds(delay.max) };
    if (!delay) {
      delay = monitorEventLoopDelay({ resolution: loopResolutionMs });
      delay.enable();
    }
    delay.reset();
    return read;
  };
}

async function byState(db: Db): Promise<Reading[]> {
  return (await countByState(db.read)).map(({ provision_state, count }) => [count, { provision_state }] as const);
}

async function lags(db: Db, statuses: readonly OutletStatus[]): Promise<Reading[]> {
  const newest = await newestHappening(db.read);
  return statuses.map(({ name, cursor }) => [newest - cursor, { outlet: name }] as const);
}
