import { sql } from 'kysely';
import { ConductorNotFound } from '#contract/errors.ts';
import { listed, nowOf } from './dialect.ts';
import { type Page, paged } from './paging.ts';
import type { ConductorHardwareInterfaceRow, ConductorRow, Queries } from './schema.ts';

export interface Joining {
  hostname: string;
  conductor_group: string;
  drivers: readonly string[];
  /** Where other hosts reach its RPC door. */
  rpc_url: string | null;
  interfaces: readonly Omit<ConductorHardwareInterfaceRow, 'hostname'>[];
}

/** Put a host on the list of conductors, alive from now on, with what it offers. */
export async function registerConductor(tx: Queries, joining: Joining): Promise<ConductorRow> {
  const now = nowOf(tx);
  const { hostname, conductor_group, rpc_url, interfaces } = joining;
  const row = {
    hostname,
    conductor_group: conductor_group.toLowerCase(),
    drivers: [...joining.drivers],
    rpc_url,
    online: true,
    started_at: now,
    updated_at: now,
  };
  const written = await tx
    .insertInto('conductors')
    .values({ ...row, created_at: now })
    .onConflict((conflict) => conflict.column('hostname').doUpdateSet(row))
    .returningAll()
    .executeTakeFirstOrThrow();
  await tx.deleteFrom('conductor_hardware_interfaces').where('hostname', '=', hostname).execute();
  const offers = interfaces.map((offered) => ({ ...offered, hostname }));
  if (offers.length > 0) await tx.insertInto('conductor_hardware_interfaces').values(offers).execute();
  return written;
}

/** Say that the host lives; false when it is not on the list (any more) and has to register again. */
export async function touchConductor(tx: Queries, hostname: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('conductors')
    .set({ updated_at: nowOf(tx), online: true })
    .where('hostname', '=', hostname)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Note that the host has stopped in good order. */
export async function retireConductor(tx: Queries, hostname: string): Promise<void> {
  await tx.updateTable('conductors').set({ online: false }).where('hostname', '=', hostname).execute();
}

/** One conductor by its hostname; throws ConductorNotFound. */
export async function conductorBy(db: Queries, hostname: string): Promise<ConductorRow> {
  const row = await db.selectFrom('conductors').selectAll().where('hostname', '=', hostname).executeTakeFirst();
  if (!row) throw new ConductorNotFound({ ident: hostname });
  return row;
}

/** The conductors of one page, dead ones too; throws ConductorNotFound for a marker that names none. */
export async function listConductors(db: Queries, page: Page<keyof ConductorRow> = {}): Promise<ConductorRow[]> {
  return (await paged(db, 'conductors', db.selectFrom('conductors').selectAll('conductors'), page)).execute();
}

/** The conductors that are online and said so after `since`: whom the ring is made of. */
export const livingConductors = (db: Queries, since: number): Promise<ConductorRow[]> =>
  db
    .selectFrom('conductors')
    .selectAll()
    .where('online', '=', true)
    .where('updated_at', '>=', since)
    .orderBy('hostname')
    .execute();

/** What these hosts offer for each hardware type. */
export const hardwareInterfaces = (
  db: Queries,
  hostnames: readonly string[],
): Promise<ConductorHardwareInterfaceRow[]> =>
  db
    .selectFrom('conductor_hardware_interfaces')
    .selectAll()
    .where('hostname', 'in', listed(db, hostnames))
    .orderBy('hostname')
    .orderBy(sql`hardware_type, interface_type, interface_name`)
    .execute();

/** Delete up to `limit` conductors that were silent since `before`; tells their hostnames. */
export async function pruneConductors(tx: Queries, before: number, limit: number): Promise<string[]> {
  const dead = tx.selectFrom('conductors').select('id').where('updated_at', '<', before).orderBy('id').limit(limit);
  const rows = await tx.deleteFrom('conductors').where('id', 'in', dead).returning('hostname').execute();
  return rows.map((row) => row.hostname);
}
