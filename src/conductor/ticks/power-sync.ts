// Compares the recorded power of all nodes with their machines, spread over the interval.
import { countNodes, nodesToRecover } from '#db/power-looks.ts';
import type { Conductor } from '../conductor.ts';
import { houseItself } from '../hold.ts';
import { nodesInTurn } from '../power-sync/in-turn.ts';
import { syncNode } from '../power-sync/node.ts';
import { recoverNode } from '../power-sync/recover-node.ts';
import { Slots } from '../power-sync/slots.ts';
import { newPowerWatch, type PowerSyncCounts, type PowerWatch } from '../power-sync/watch.ts';
import type { Tick } from '../ticker.ts';

export interface PowerTicks {
  readonly ticks: readonly Tick[];
  readonly counts: PowerSyncCounts;
}

/**
 * Looks under way at once. [conductor]sync_power_state_workers was made for processes of ipmitool; natively a look is a
 * few datagrams, and a BMC that keeps silent costs a timer. A larger number there still counts.
 */
const mostLooks = 512;
/** Rows are read at most so many at a time, right before they are looked at: a longer query would hold up the API. */
const mostRows = 64;
/** While a round is spread, the few that are looked at next are read so often. */
const sliceMs = 400;
/** The share of the interval over which the looks of a round are spread. */
const spreadOver = 0.9;
const firstSeconds = 1;

/** The ticks that keep record and machine together. */
export function powerTicks(): PowerTicks {
  const watch = newPowerWatch();
  const sync: Tick = {
    name: 'power sync',
    every({ config }) {
      const { sync_power_state_interval: seconds } = config.conductor;
      if (seconds <= 0) return 0;
      const rest = watch.counts.rounds === 0 ? firstSeconds : seconds - watch.counts.roundMs / 1000;
      return Math.min(seconds, Math.max(0.1, rest));
    },
    run: (conductor) =>
      round(conductor, watch, conductor.config.conductor.sync_power_state_interval * 1000 * spreadOver),
  };
  const recovery: Tick = {
    name: 'power failure recovery',
    every: ({ config }) => config.conductor.power_failure_recovery_interval,
    run: (conductor) => recoverAll(conductor, watch),
  };
  return { ticks: [sync, recovery], counts: watch.counts };
}

const slotsOf = ({ config }: Conductor): Slots =>
  new Slots(
    Math.max(mostLooks, Math.min(config.conductor.sync_power_state_workers, config.conductor.periodic_max_workers)),
  );

const groupOf = ({ config }: Conductor): string => config.conductor.conductor_group.toLowerCase();

const isOurs = (conductor: Conductor, row: { driver: string; conductor_group: string }): boolean =>
  conductor.drivers.types.has(row.driver) && row.conductor_group === groupOf(conductor);

/** One look at every node, those with most misses first, spread over `spreadMs`; 0 as fast as it goes. */
export async function round(conductor: Conductor, watch: PowerWatch, spreadMs: number): Promise<void> {
  const { db, clock, stopping } = conductor;
  const { counts } = watch;
  const group = groupOf(conductor);
  const begun = clock.now();
  const by = houseItself();
  const expected = Math.max(1, counts.roundNodes || (await countNodes(db.read)));
  const few = spreadMs ? Math.min(mostRows, Math.max(1, Math.ceil((expected * sliceMs) / spreadMs))) : mostRows;
  const slots = slotsOf(conductor);
  let looked = 0;
  const pause = async () => {
    const wait = begun + Math.min(1, looked / expected) * spreadMs - clock.now();
    counts.lateMs = spreadMs ? Math.max(0, -wait) : 0;
    if (wait > 0) await clock.sleep(wait, stopping);
  };
  for await (const rows of nodesInTurn(db.read, group, watch, few, pause)) {
    for (const row of rows) if (isOurs(conductor, row)) await slots.run(() => syncNode(conductor, watch, row, by));
    if (stopping.aborted) break;
    looked += rows.length;
  }
  await slots.empty();
  counts.rounds++;
  counts.roundNodes = looked;
  counts.endedAt = clock.now();
  counts.roundMs = counts.endedAt - begun;
  counts.lateMs = 0;
}

/** One look at every node that was given up. */
export async function recoverAll(conductor: Conductor, watch: PowerWatch): Promise<void> {
  const slots = slotsOf(conductor);
  const by = houseItself();
  for (let after = 0, more = true; more && !conductor.stopping.aborted; ) {
    const rows = await nodesToRecover(conductor.db.read, groupOf(conductor), { after, limit: mostRows });
    for (const row of rows) if (isOurs(conductor, row)) await slots.run(() => recoverNode(conductor, watch, row, by));
    after = rows.at(-1)?.id ?? after;
    more = rows.length === mostRows;
  }
  await slots.empty();
}
