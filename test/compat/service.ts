// The API in this process over an empty database and a stand-in for the conductor.

import { sql } from 'kysely';
import { buildApi } from '#api/server.ts';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { silent } from '#base/log.ts';
import { openDb } from '#db/db.ts';
import { fakeOrders } from './fake-orders.ts';
import type { Admin } from './replay.ts';

export interface Service {
  readonly base: string;
  readonly admin: Admin;
  stop(): Promise<void>;
}

export async function startService(): Promise<Service> {
  const db = await openDb({ url: 'sqlite://:memory:', log: silent, clock: systemClock });
  await db.write(async (tx) => {
    const now = systemClock.now();
    const drivers = ['fake-hardware', 'ipmi', 'manual-management', 'redfish'];
    await tx
      .insertInto('conductors')
      .values({
        hostname: 'yardstick',
        conductor_group: '',
        drivers,
        online: true,
        rpc_url: null,
        started_at: now,
        created_at: now,
        updated_at: now,
      })
      .execute();
  });
  const log = { ...silent, error: (facts: object, sentence: string) => console.error(sentence, facts) };
  let next: string | undefined;
  const newId = () => next ?? newUuid();
  const api = buildApi({ newId, db, orders: fakeOrders(db), clock: systemClock, log });
  const port = await api.listen('127.0.0.1', 0);
  return {
    base: `http://127.0.0.1:${port}`,
    admin: {
      async force(node, set) {
        const changes = Object.fromEntries(
          Object.entries(set).map(([column, value]) => [column, rowValue(column, value)]),
        );
        await db.write((tx) =>
          tx
            .updateTable('nodes')
            .set({ ...changes, revision: sql`revision + 1` })
            .where('uuid', '=', node)
            .execute(),
        );
      },
      nextId(uuid) {
        next = uuid;
      },
      async lock(node, by) {
        await db.write((tx) =>
          tx
            .updateTable('nodes')
            .set({ reservation: by, revision: sql`revision + 1` })
            .where('uuid', '=', node)
            .execute(),
        );
      },
    },
    async stop() {
      await api.close();
      await db.close();
    },
  };
}

const rowValue = (column: string, value: unknown): unknown =>
  column === 'maintenance' && typeof value === 'string' ? value !== '0' : value;
