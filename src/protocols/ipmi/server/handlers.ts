// All commands that our BMC knows.
import type { Handler, Handlers } from './handler.ts';
import { appHandlers } from './handlers/app.ts';
import { chassisHandlers } from './handlers/chassis.ts';
import { dcmiHandlers } from './handlers/dcmi.ts';
import { lanHandlers } from './handlers/lan.ts';
import { payloadHandlers } from './handlers/payload.ts';
import { sensorHandlers } from './handlers/sensor.ts';
import { storageHandlers } from './handlers/storage.ts';
import { userHandlers } from './handlers/users.ts';

const all: readonly Handlers[] = [
  chassisHandlers,
  appHandlers,
  userHandlers,
  storageHandlers,
  sensorHandlers,
  lanHandlers,
  dcmiHandlers,
  payloadHandlers,
];

/** By `netFn << 8 | cmd`. */
export const handlers: ReadonlyMap<number, Handler> = new Map(all.flat());
