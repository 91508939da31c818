// Joins a machine to the IPMI server.
import type { Clock } from '#base/clock.ts';
import { defineError, explain } from '#base/errors.ts';
import type { BmcServer, ListeningBmc } from '#protocols/ipmi/server/bmc-server.ts';
import { administrator, type BmcSpec, usualSessions } from '#protocols/ipmi/server/bmc-spec.ts';
import { bmcFaults, roomForSessions } from './bmc-faults.ts';
import { chassisOf } from './ipmi-chassis.ts';
import type { Machine } from './machine.ts';
import type { Place } from './places.ts';

const BmcPlaceTaken = defineError(
  'BmcPlaceTaken',
  500,
  (p: { machine: string; place: string; why: string }) =>
    `The BMC of ${p.machine} cannot answer at ${p.place} (${p.why}); choose another place with --ipmi ADDR:PORT.`,
);

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Let the BMC of `machine` answer at `place`; its tables are made when its first packet comes. */
export async function openIpmiFace(
  server: BmcServer,
  machine: Machine,
  place: Place,
  credentials: Credentials,
  clock: Clock,
): Promise<ListeningBmc> {
  try {
    return await server.add(place, () => specOf(machine, place, credentials, clock));
  } catch (error) {
    const at = { machine: machine.name, place: `${place.address}:${place.port}` };
    throw new BmcPlaceTaken({ ...at, why: explain(error) }, { cause: error });
  }
}

function specOf(machine: Machine, place: Place, { username, password }: Credentials, clock: Clock): BmcSpec {
  const { faults } = machine.hardware;
  return {
    chassis: chassisOf(machine, place, clock),
    users: administrator(username, password),
    faults: bmcFaults(faults),
    get maxSessions() {
      return roomForSessions(faults, usualSessions);
    },
  };
}
