import { isUuid } from '#base/ids.ts';
import { InspectionRuleNotFound, InvalidParameterValue } from '#contract/errors.ts';
import { inspectionRule as resource } from '#contract/resources/inspection-rule.ts';
import {
  createInspectionRule,
  deleteInspectionRule,
  inspectionRuleBy,
  listInspectionRules,
  saveInspectionRule,
} from '#db/inspection-rules.ts';
import type { InspectionRuleRow } from '#db/schema.ts';
import { checkRule } from '../inspection-rule-form.ts';
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

const kind: Kind<InspectionRuleRow> = {
  resource,
  renderer: makeRenderer<InspectionRuleRow>(resource, {
    path: (row) => `inspection/${row.uuid}`, // compat: links lead where nothing is
    makers: {
      conditions: (row) => (row.sensitive ? null : row.conditions),
      actions: (row) => (row.sensitive ? null : row.actions),
    },
  }),
  // compat: whatever was given as a UUID names the rule
  by: async (db, ident) =>
    isUuid(ident) ? inspectionRuleBy(db, ident) : ruleGivenAs(await listInspectionRules(db), ident),
};
function ruleGivenAs(rules: readonly InspectionRuleRow[], uuid: string): InspectionRuleRow {
  const rule = rules.find((candidate) => candidate.uuid === uuid);
  if (!rule) throw new InspectionRuleNotFound({ ident: uuid });
  return rule;
}

const queries = queriesOf(resource);
const { since } = resource;

const ruleOfPath = (ask: Ask): Promise<InspectionRuleRow> => namedInPath(ask, kind, ask.params.rule!);

async function patch(ask: Ask): Promise<Reply> {
  const row = await ruleOfPath(ask);
  const changes = patchedValues(ask, resource, row) as Partial<InspectionRuleRow>;
  checkRule(changes);
  if (row.sensitive && changes.sensitive === false)
    throw new InvalidParameterValue({ why: `Inspection rule ${row.uuid} is sensitive, and stays so: make a new one.` });
  if ('conditions' in changes) changes.conditions ??= [];
  return patchReply(ask, kind, row, changes, (tx) => saveInspectionRule(tx, row.uuid, changes));
}

export const inspectionRuleRoutes = [
  route({
    method: 'GET',
    path: '/v1/inspection_rules',
    since,
    before: 'not served',
    policy: 'baremetal:inspection_rule:get',
    query: queries.list, // compat: `phase` is taken and does not filter
    handle: (ask) =>
      listReply(ask, kind, (page) => listInspectionRules(ask.db.read, page), {
        path: 'inspection',
        extra: 'filters={}',
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/inspection_rules/{rule}',
    since,
    before: 'not served',
    policy: 'baremetal:inspection_rule:get',
    query: queries.one,
    handle: async (ask) => showReply(ask, kind, await ruleOfPath(ask)),
  }),
  route({
    method: 'POST',
    path: '/v1/inspection_rules',
    since,
    before: 'method not served',
    policy: 'baremetal:inspection_rule:create',
    body: 'json',
    handle(ask) {
      const values = newValues(ask, resource) as unknown as Pick<InspectionRuleRow, 'actions' | 'uuid'>;
      checkRule(values);
      return createReply(ask, kind, (tx) => createInspectionRule(tx, { scope: null, description: null, ...values }));
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/inspection_rules/{rule}',
    since,
    before: 'method not served',
    policy: 'baremetal:inspection_rule:update',
    body: 'json',
    patch: true,
    handle: patch,
  }),
  route({
    method: 'DELETE',
    path: '/v1/inspection_rules/{rule}',
    since,
    before: 'method not served',
    policy: 'baremetal:inspection_rule:delete',
    async handle(ask) {
      const { uuid } = await ruleOfPath(ask);
      return deleteReply(ask, (tx) => deleteInspectionRule(tx, uuid));
    },
  }),
];
