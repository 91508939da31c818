// Compares the recorded power of all nodes with their machines, spread over the interval.
import { freeNodesAmong, nodesForPowerRecovery, nodesForPowerSync } from '#db/node-watch.ts';
import { leftAlone } from '#model/power-sync.ts';
import type { Conductor } from '../conductor.ts';
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
/** Rows are read so many at a time, right before they are looked at. */
const mostRows = 256;
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
  const begun = clock.now();
  const uuids = await nodesForPowerSync(db.read, groupOf(conductor));
  const missesOf = (uuid: string) => watch.misses.get(uuid) ?? 0;
  if (watch.misses.size) uuids.sort((a, b) => missesOf(b) - missesOf(a));
  const slots = slotsOf(conductor);
  const some = Math.min(mostRows, Math.max(1, spreadMs ? Math.ceil(uuids.length / (spreadMs / 1000)) : mostRows));
  for (let from = 0; from < uuids.length && !stopping.aborted; from += some) {
    const wait = begun + (from / uuids.length) * spreadMs - clock.now();
    if (wait > 0) await clock.sleep(wait, stopping);
    const slice = uuids.slice(from, from + some);
    const rows = new Map((await freeNodesAmong(db.read, slice)).map((row) => [row.uuid, row]));
    for (const uuid of slice) {
      const row = rows.get(uuid);
      if (row && !leftAlone(row) && isOurs(conductor, row)) await slots.run(() => syncNode(conductor, watch, row));
    }
  }
  await slots.empty();
  watch.counts.rounds++;
  watch.counts.roundNodes = uuids.length;
  watch.counts.roundMs = clock.now() - begun;
}

/** One look at every node that was given up. */
export async function recoverAll(conductor: Conductor, watch: PowerWatch): Promise<void> {
  const slots = slotsOf(conductor);
  for (const row of await nodesForPowerRecovery(conductor.db.read, Number.MAX_SAFE_INTEGER))
    if (isOurs(conductor, row)) await slots.run(() => recoverNode(conductor, watch, row));
  await slots.empty();
}
