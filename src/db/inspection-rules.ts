import type { Page } from './paging.ts';
import { resource } from './resource.ts';
import type { InspectionRuleRow, Queries } from './schema.ts';

const rows = resource('inspection_rules', { named: false });

export const inspectionRuleBy = rows.by;
export const createInspectionRule = rows.create;
export const saveInspectionRule = rows.save;
export const deleteInspectionRule = rows.remove;

/** The rows of one page; throws InspectionRuleNotFound for a marker that names none. */
export const listInspectionRules = (
  db: Queries,
  page: Page<keyof InspectionRuleRow> = {},
): Promise<InspectionRuleRow[]> => rows.list(db, [], page);

/** Every rule of one phase, the highest priority first. */
export async function inspectionRulesOf(db: Queries, phase: string): Promise<InspectionRuleRow[]> {
  return db
    .selectFrom('inspection_rules')
    .selectAll()
    .where('phase', '=', phase)
    .orderBy('priority', 'desc')
    .orderBy('id')
    .execute();
}

/** Delete every inspection rule; tells how many there were. */
export async function deleteInspectionRules(tx: Queries): Promise<number> {
  return Number((await tx.deleteFrom('inspection_rules').executeTakeFirstOrThrow()).numDeletedRows);
}
