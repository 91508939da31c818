// The other process of the IPMI bench: many simulated BMCs on loopback addresses, told by messages how many are dead.

import { createBmcServer } from '#protocols/ipmi/server/bmc-server.ts';
import { administrator, type BmcFaults } from '#protocols/ipmi/server/bmc-spec.ts';
import { memoryChassis } from '#protocols/ipmi/server/memory-chassis.ts';

export interface MachinesOrder {
  /** Start so many BMCs at the addresses of `addressOf`. */
  readonly start?: { count: number; port: number };
  /** From now on every so many-th BMC is silent; 0 for none. */
  readonly deadEach?: number;
}

export interface MachinesAnswer {
  /** CPU seconds of the process so far. */
  readonly cpu: number;
  readonly memoryMb: number;
}

/** The loopback address of the BMC with this number. */
export const addressOf = (index: number): string => `127.77.${index >> 8}.${index & 255}`;

export const username = 'admin';
export const password = 'password';

if (process.send) {
  const server = createBmcServer();
  const faults: BmcFaults[] = [];
  const users = administrator(username, password);

  const start = async ({ count, port }: { count: number; port: number }) => {
    for (let index = 0; index < count; index++) {
      const fault: BmcFaults = {};
      faults.push(fault);
      const make = () => ({ chassis: memoryChassis({ on: index % 2 === 0 }), users, maxSessions: 16, faults: fault });
      await server.add({ address: addressOf(index), port }, make);
    }
  };

  process.on('message', async (order: MachinesOrder) => {
    if (order.start) await start(order.start);
    const { deadEach } = order;
    if (deadEach !== undefined)
      for (const [index, fault] of faults.entries()) fault.silent = deadEach > 0 && index % deadEach === deadEach - 1;
    const { user, system } = process.cpuUsage();
    const answer: MachinesAnswer = { cpu: (user + system) / 1e6, memoryMb: process.memoryUsage.rss() / 1e6 };
    process.send?.(answer);
  });
  process.on('disconnect', () => process.exit(0));
}
