import type { BmcFaults } from '#protocols/ipmi/server/bmc-spec.ts';
import type { FaultName, FaultSet } from './faults.ts';

const CHASSIS_CONTROL = [0x00, 0x02];

/** A machine's faults as its BMC's IPMI server asks for them; they may change at any time. */
export function bmcFaults(faults: FaultSet): BmcFaults {
  const amount = (name: FaultName) => Number(faults.get(name) ?? 0);
  return {
    get silent() {
      return faults.has('silent');
    },
    get latencyMs() {
      return amount('latency');
    },
    get loss() {
      return amount('loss');
    },
    get refuseUsers() {
      return faults.has('wrong-password');
    },
    dropAnswer: (netFn, cmd) =>
      faults.has('drop-reply-after-power') && netFn === CHASSIS_CONTROL[0] && cmd === CHASSIS_CONTROL[1],
  };
}

/** How many sessions the BMC has room for. */
export const roomForSessions = (faults: FaultSet, usual: number): number => Number(faults.get('sessions') ?? usual);
