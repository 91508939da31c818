import { InvalidParameterValue } from '#contract/errors.ts';
import { deployTemplate as resource } from '#contract/resources/deploy-template.ts';
import { isTrait } from '#contract/standard-traits.ts';
import {
  createDeployTemplate,
  deleteDeployTemplate,
  deployTemplateBy,
  listDeployTemplates,
  saveDeployTemplate,
} from '#db/deploy-templates.ts';
import type { DeployTemplateRow } from '#db/schema.ts';
import { makeRenderer } from '../render.ts';
import {
  createReply,
  deleteReply,
  type Kind,
  listReply,
  namedInPath,
  newValues,
  patchedValues,
  patchReply,
  queriesOf,
  showReply,
} from '../resource.ts';
import { type Ask, type Reply, route } from '../route.ts';
import { stepsAfterChange, templateSteps } from '../step-lists.ts';

const kind: Kind<DeployTemplateRow> = {
  resource,
  renderer: makeRenderer<DeployTemplateRow>(resource),
  by: deployTemplateBy,
};
const queries = queriesOf(resource);
const { since } = resource;

/** Checked, and without what is taken but not kept (compat: the description). */
function kept(values: Record<string, unknown>): Record<string, unknown> {
  const { description: _, ...rest } = values;
  if (typeof rest.name === 'string' && !isTrait(rest.name))
    throw new InvalidParameterValue({
      why: `name "${rest.name}": a template is named like a trait, CUSTOM_… or a standard one.`,
    });
  return rest.steps === undefined ? rest : { ...rest, steps: templateSteps(rest.steps) };
}

async function create(ask: Ask): Promise<Reply> {
  const given = newValues(ask, resource);
  const values = kept(given) as unknown as Pick<DeployTemplateRow, 'name' | 'steps' | 'uuid'>;
  const reply = await createReply(ask, kind, (tx) => createDeployTemplate(tx, values));
  // compat: the answer to a creation shows the steps as they were written
  return { ...reply, body: { ...(reply.body as object), steps: given.steps } };
}

const templateOfPath = (ask: Ask): Promise<DeployTemplateRow> => namedInPath(ask, kind, ask.params.template!);

export const deployTemplateRoutes = [
  route({
    method: 'GET',
    path: '/v1/deploy_templates',
    since,
    before: 'no path',
    policy: 'baremetal:deploy_template:get',
    query: queries.list,
    handle: (ask) => listReply(ask, kind, (page) => listDeployTemplates(ask.db.read, page)),
  }),
  route({
    method: 'GET',
    path: '/v1/deploy_templates/{template}',
    since,
    before: 'no path',
    policy: 'baremetal:deploy_template:get',
    query: queries.one,
    handle: async (ask) => showReply(ask, kind, await templateOfPath(ask)),
  }),
  route({
    method: 'POST',
    path: '/v1/deploy_templates',
    since,
    before: 'no method',
    policy: 'baremetal:deploy_template:create',
    body: 'json',
    handle: create,
  }),
  route({
    method: 'PATCH',
    path: '/v1/deploy_templates/{template}',
    since,
    before: 'no method',
    policy: 'baremetal:deploy_template:update',
    body: 'json',
    patch: true,
    async handle(ask) {
      const row = await templateOfPath(ask);
      const changes: Partial<DeployTemplateRow> = kept(patchedValues(ask, resource, row));
      if (changes.steps) changes.steps = stepsAfterChange(row.steps, changes.steps);
      return patchReply(ask, kind, row, changes, (tx) => saveDeployTemplate(tx, row.uuid, changes));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/deploy_templates/{template}',
    since,
    before: 'no method',
    policy: 'baremetal:deploy_template:delete',
    async handle(ask) {
      const { uuid } = await templateOfPath(ask);
      return deleteReply(ask, (tx) => deleteDeployTemplate(tx, uuid));
    },
  }),
];
