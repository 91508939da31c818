// One state-bodied machine with all that it needs, for tests.

import { Agent } from 'undici';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { type AgentDoors, ownDoors } from '../agent-door.ts';
import { faultsFor, parseFault } from '../faults.ts';
import { newHardware } from '../hardware.ts';
import { identityOf } from '../identity.ts';
import { Machine } from '../machine.ts';
import type { BootSource } from '../network-boot.ts';
import { pace } from '../pace.ts';
import { StateBody } from '../state-body.ts';

export interface OneMachine {
  readonly machine: Machine;
  close(): Promise<void>;
}

export function oneMachine(
  source: BootSource,
  faults: readonly string[] = [],
  { speed = 1000, doors = ownDoors(), tls = 'never' as 'auto' | 'never' }: Partial<Options> = {},
): OneMachine {
  const http = new Agent({ keepAliveTimeout: 1000 });
  const hardware = newHardware(identityOf('box-', 0), faultsFor('box-1', faults.map(parseFault)));
  const body = new StateBody({
    hardware,
    source,
    speed,
    nextBoot: () => machine.nextBoot(),
    doors,
    http,
    clock: systemClock,
    pace: pace(speed),
    log: silent,
    bmcAddress: '127.0.0.1',
    tls,
  });
  const machine: Machine = new Machine({ hardware, clock: systemClock, body });
  return {
    machine,
    close: async () => {
      await machine.close();
      await doors.close();
      await http.destroy();
    },
  };
}

interface Options {
  speed: number;
  doors: AgentDoors;
  tls: 'auto' | 'never';
}
