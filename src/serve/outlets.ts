// Who hears of what happens in this process.
import type { Watch } from '#api/route.ts';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Config } from '#config/schema.ts';
import type { Db } from '#db/database.ts';
import { dropCursor } from '#db/happenings.ts';
import { makeNova } from '#outlets/nova/nova.ts';
import type { OutletStatus } from '#outlets/outlet.ts';
import { startRelay } from '#outlets/relay.ts';
import type { Metrics } from './metrics.ts';

export interface Outlets {
  statuses(): readonly OutletStatus[];
  stop(): Promise<void>;
}

interface OutletParts {
  readonly config: Config;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

const userAgent = 'ingot-conductor';

/** Start telling; whoever writes happenings is started after this and stopped before it. */
export async function startOutlets({ config, db, clock, log, metrics }: OutletParts): Promise<Outlets> {
  const nova = makeNova({ config, db, clock, log, userAgent, onDelay: metrics.novaDelay });
  if (nova) metrics.watchNova(nova.counts);
  else {
    await db.write((tx) => dropCursor(tx, 'nova'));
    if (config.nova.send_power_notifications)
      log.info({}, '[nova] names neither auth_type nor an endpoint: nova is not told of power states');
  }
  await nova?.start();
  const relay = await startRelay({ db, clock, log }, nova ? [nova.outlet] : []);
  metrics.watchOutlets(relay.statuses);
  return {
    statuses: relay.statuses,
    async stop() {
      await relay.stop();
      await nova?.stop();
    },
  };
}

/** What the API shows of it. */
export const watchOf = (config: Config, outlets: Outlets, metrics: Metrics): Watch => ({
  outlets: outlets.statuses,
  ...(config.ingot.metrics && { metrics: metrics.page, served: metrics.served }),
});
