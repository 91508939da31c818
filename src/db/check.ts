// What can be wrong with a database, looked at without changing anything.
import { sql } from 'kysely';
import type { Db } from './database.ts';
import { listed } from './dialect.ts';
import { metaOf } from './meta.ts';
import { migrations } from './migrate.ts';

export interface Finding {
  /** What was looked at. */
  check: string;
  /** What is wrong with it, one sentence each; nothing when it is right. */
  wrong: string[];
}

const most = 100;

/** States in which a node waits for a machine or its agent; none may be without a deadline. */
const waiting = ['wait call-back', 'clean wait', 'inspect wait', 'rescue wait', 'service wait'];

/** Look at the whole database; every check is told, with or without a fault. */
export async function check(db: Db): Promise<Finding[]> {
  const own = db.kind === 'sqlite' ? [await integrity(db), await foreignKeys(db)] : [];
  return [...own, await schemaVersion(db), await waitingWithoutDeadline(db), await locksOfStrangers(db)];
}

async function integrity(db: Db): Promise<Finding> {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(20)`.execute(db.read);
  const told = rows.map((row) => row.integrity_check);
  return { check: 'integrity of the file', wrong: told.filter((line) => line !== 'ok') };
}

async function foreignKeys(db: Db): Promise<Finding> {
  const { rows } = await sql<{ table: string; rowid: number; parent: string }>`pragma foreign_key_check`.execute(
    db.read,
  );
  const wrong = rows
    .slice(0, most)
    .map(({ table, rowid, parent }) => `Row ${rowid} of ${table} refers to a row of ${parent} that is not there.`);
  return { check: 'foreign keys', wrong };
}

async function schemaVersion(db: Db): Promise<Finding> {
  const found = await metaOf(db.read, 'schema');
  const fits = Number(found) === migrations.length;
  const wrong = fits ? [] : [`The schema is number ${found ?? 'unknown'}, this program wants ${migrations.length}.`];
  return { check: 'schema number', wrong };
}

async function waitingWithoutDeadline(db: Db): Promise<Finding> {
  const rows = await db.read
    .selectFrom('nodes')
    .select(['uuid', 'name', 'provision_state', 'waits_for'])
    .where('deadline_at', 'is', null)
    .where('reservation', 'is', null)
    .where((eb) => eb.or([eb('provision_state', 'in', listed(db.read, waiting)), eb('waits_for', 'is not', null)]))
    .orderBy('id')
    .limit(most)
    .execute();
  const wrong = rows.map(
    (row) =>
      `Node ${row.name ?? row.uuid} waits (${row.waits_for ?? row.provision_state}) without a deadline: nobody would notice.`,
  );
  return { check: 'every waiting node has a deadline', wrong };
}

async function locksOfStrangers(db: Db): Promise<Finding> {
  const rows = await db.read
    .selectFrom('nodes')
    .select(['uuid', 'name', 'reservation'])
    .where('reservation', 'is not', null)
    .where('reservation', 'not in', db.read.selectFrom('conductors').select('hostname'))
    .orderBy('id')
    .limit(most)
    .execute();
  const wrong = rows.map(
    (row) => `Node ${row.name ?? row.uuid} is locked by ${row.reservation}, which is no conductor of this database.`,
  );
  return { check: 'locks belong to known conductors', wrong };
}
