import { type SqlBool, sql } from 'kysely';
import { RunbookTraitNotFound } from '#contract/errors.ts';
import { type Condition, type Sight, withinSight } from './conditions.ts';
import type { Page } from './paging.ts';
import { resource } from './resource.ts';
import type { Queries, RunbookRow } from './schema.ts';

const runbooks = resource('runbooks', { named: true });

export const runbookBy = runbooks.by;
export const createRunbook = runbooks.create;
export const saveRunbook = runbooks.save;
export const deleteRunbook = runbooks.remove;

export interface RunbookFilter {
  /** Public runbooks, and those that this project owns. */
  project?: string | undefined;
  /** Only what the asker may see beside what is public; undefined: everything. */
  sight?: Sight | undefined;
}

/** GET /v1/runbooks as one query; throws RunbookNotFound for a marker that names none. */
export async function listRunbooks(
  db: Queries,
  { project, sight }: RunbookFilter,
  page: Page<keyof RunbookRow> = {},
): Promise<RunbookRow[]> {
  const asked: Condition[] = project === undefined ? [] : [sql<SqlBool>`(public = 1 or owner = ${project})`];
  if (sight) asked.push(sql<SqlBool>`(public = 1 or ${withinSight(sight)})`);
  return runbooks.list(db, asked, page);
}

/** Add a trait to the runbook with this UUID, once. */
export async function addRunbookTrait(tx: Queries, uuid: string, trait: string): Promise<RunbookRow> {
  const { traits } = await runbooks.by(tx, uuid);
  return runbooks.save(tx, uuid, { traits: [...new Set([...traits, trait])].sort() });
}

/** Take a trait from the runbook with this UUID; throws RunbookTraitNotFound. */
export async function removeRunbookTrait(tx: Queries, uuid: string, trait: string): Promise<RunbookRow> {
  const { traits } = await runbooks.by(tx, uuid);
  if (!traits.includes(trait)) throw new RunbookTraitNotFound({ runbook: uuid, trait });
  return runbooks.save(tx, uuid, { traits: traits.filter((own) => own !== trait) });
}
