// The way to nova as the section [nova] describes it; undefined where it describes none.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Config } from '#config/schema.ts';
import type { Db } from '#db/database.ts';
import { openService } from '#openstack/service.ts';
import type { Outlet } from '../outlet.ts';
import { novaOutlet } from './outlet.ts';
import { tellThrough } from './power-update.ts';
import { type NovaCounts, NovaSender } from './sender.ts';

export interface Nova {
  readonly outlet: Outlet;
  readonly counts: NovaCounts;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface NovaParts {
  readonly config: Config;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly userAgent: string;
  readonly onDelay?: (ms: number) => void;
  /** Milliseconds that a request without known end may still take to arrive; a minute where it is not given. */
  readonly doubtMs?: number;
}

const section = 'nova';
const apiVersion = '2.1';

/**
 * What tells nova of power states; undefined where [nova] names neither a way to authenticate nor an endpoint. Throws
 * AuthMisconfigured where it names one that cannot be used.
 */
export function makeNova({ config, db, clock, log, userAgent, onDelay, doubtMs }: NovaParts): Nova | undefined {
  const options = config.nova;
  const sections = config as unknown as Readonly<Record<string, object>>;
  const service = openService({ section, options, sections, version: apiVersion, clock });
  if (!service) return undefined;
  const enabled = () => options.send_power_notifications;
  const tell = tellThrough(service.adapter, userAgent);
  const host = db.kind === 'postgres' ? { host: config.DEFAULT.host } : {};
  const more = { ...host, ...(onDelay && { onDelay }), ...(doubtMs !== undefined && { doubtMs }) };
  const sender = new NovaSender({ db, clock, log, tell, enabled, ...more });
  return {
    outlet: novaOutlet({ log, enabled, queued: () => sender.wake() }),
    counts: sender.counts,
    start: () => sender.start(),
    async stop() {
      await sender.stop();
      await service.close();
    },
  };
}
