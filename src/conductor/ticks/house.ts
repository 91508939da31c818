// Looking after the house: signs of life, old rows, locks of hosts that are gone.

import { pruneConductors, touchConductor } from '#db/conductors.ts';
import { pruneHappenings } from '#db/happenings.ts';
import { pruneHistory } from '#db/node-history.ts';
import { adoptAllocations } from '../allocations/orphans.ts';
import { attendUnattended, takeOverExpired } from '../recover.ts';
import { register } from '../register.ts';
import type { Tick } from '../ticker.ts';

const day = 86_400_000;

export const keepalive: Tick = {
  name: 'keepalive',
  every: ({ config }) => config.conductor.heartbeat_interval,
  async run(conductor) {
    const known = await conductor.db.write((tx) => touchConductor(tx, conductor.host));
    if (!known) await register(conductor);
  },
};

export const takeOvers: Tick = {
  name: 'take over',
  every: () => 10,
  run: takeOverExpired,
};

export const openAllocations: Tick = {
  name: 'open allocations',
  every: () => 30,
  run: async (conductor) => void (await adoptAllocations(conductor, false)),
};

export const unattended: Tick = {
  name: 'unattended',
  every: () => 60,
  run: attendUnattended,
};

export const history: Tick = {
  name: 'history',
  every: ({ config }) => config.conductor.node_history_cleanup_interval,
  async run({ db, config, clock }) {
    const {
      node_history_max_entries: keep,
      node_history_minimum_days: days,
      node_history_cleanup_batch_count: batch,
    } = config.conductor;
    if (keep > 0 && batch > 0) await db.write((tx) => pruneHistory(tx, keep, clock.now() - days * day, batch));
  },
};

export const outbox: Tick = {
  name: 'outbox',
  every: () => 60,
  async run({ db, clock }) {
    // Kept for a day after all outlets have passed, so that a look back finds them.
    while ((await db.write((tx) => pruneHappenings(tx, clock.now() - day, 1000))) === 1000);
  },
};

export const staleConductors: Tick = {
  name: 'stale conductors',
  every: ({ config }) => config.conductor.conductor_cleanup_interval,
  async run({ db, config, clock }) {
    const { conductor_cleanup_timeout: seconds, conductor_cleanup_batch_size: batch } = config.conductor;
    if (seconds > 0) await db.write((tx) => pruneConductors(tx, clock.now() - seconds * 1000, batch));
  },
};
