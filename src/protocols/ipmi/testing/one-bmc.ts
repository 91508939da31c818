// One BMC of ours and the way to it, on a clock that runs fast, for tests.
import { type Clock, systemClock } from '#base/clock.ts';
import type { Bmc } from '../bmc.ts';
import { createBmcServer, type ListeningBmc } from '../server/bmc-server.ts';
import { administrator, type BmcFaults, type BmcSpec } from '../server/bmc-spec.ts';
import { memoryChassis } from '../server/memory-chassis.ts';
import { type BmcOptions, openTransport } from '../transport.ts';

/** A clock that runs `times` as fast, so that time-outs pass in no time. */
export function fastClock(times: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * times,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  };
}

export interface OneBmc {
  readonly listening: ListeningBmc;
  readonly faults: BmcFaults;
  /** The console's way to it; `password` is right unless told otherwise. */
  bmc(options?: Partial<BmcOptions>): Bmc;
  close(): Promise<void>;
}

export async function oneBmc(spec: Partial<BmcSpec> = {}): Promise<OneBmc> {
  const clock = fastClock(20);
  const server = createBmcServer({ clock });
  const transport = await openTransport({ clock });
  const faults: BmcFaults = {};
  const whole = { chassis: memoryChassis({ on: true }), users: administrator('admin', 'password'), faults, ...spec };
  const listening = await server.add({ address: '127.0.0.1', port: 0 }, whole);
  const where = { address: '127.0.0.1', port: listening.port, username: 'admin', password: 'password' };
  return {
    listening,
    faults,
    bmc: (options = {}) => transport.bmc({ ...where, ...options }),
    async close() {
      await transport.close();
      await server.close();
    },
  };
}
