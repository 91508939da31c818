// What a simulated machine writes into its system event log.
import type { Sel, SelEvent } from '#protocols/ipmi/server/sel.ts';

const OFFSET_KIND = 0x6f;

/** Sensor types and offsets of IPMI 2.0 table 42-3. */
const events = {
  'power on': { sensorType: 0x22, sensor: 0x20, event: OFFSET_KIND, data: [0x00, 0xff, 0xff] },
  'power off': { sensorType: 0x22, sensor: 0x20, event: OFFSET_KIND, data: [0x06, 0xff, 0xff] },
  'power lost': { sensorType: 0x09, sensor: 0x21, event: OFFSET_KIND, data: [0x04, 0xff, 0xff] },
  restart: { sensorType: 0x1d, sensor: 0x22, event: OFFSET_KIND, data: [0x01, 0xff, 0xff] },
  nmi: { sensorType: 0x13, sensor: 0x24, event: OFFSET_KIND, data: [0x00, 0xff, 0xff] },
} as const satisfies Record<string, SelEvent>;

export type MachineEvent = keyof typeof events;

export function logEvent(sel: Sel, event: MachineEvent): void {
  sel.add(events[event]);
}
