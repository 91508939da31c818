import { listed } from './dialect.ts';
import type { Page } from './paging.ts';
import { resource } from './resource.ts';
import type { DeployTemplateRow, Queries } from './schema.ts';

const rows = resource('deploy_templates', { named: true });

export const deployTemplateBy = rows.by;
export const createDeployTemplate = rows.create;
export const saveDeployTemplate = rows.save;
export const deleteDeployTemplate = rows.remove;

/** The rows of one page; throws DeployTemplateNotFound for a marker that names none. */
export const listDeployTemplates = (
  db: Queries,
  page: Page<keyof DeployTemplateRow> = {},
): Promise<DeployTemplateRow[]> => rows.list(db, [], page);

/** The templates with these names, for the traits of an instance (conductor.md 39). */
export async function deployTemplatesNamed(db: Queries, names: readonly string[]): Promise<DeployTemplateRow[]> {
  return db.selectFrom('deploy_templates').selectAll().where('name', 'in', listed(db, names)).orderBy('id').execute();
}
