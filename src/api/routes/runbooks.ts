import { InvalidParameterValue, RunbookNotFound } from '#contract/errors.ts';
import { runbook as resource } from '#contract/resources/runbook.ts';
import { isTrait } from '#contract/standard-traits.ts';
import { addRunbookTrait, createRunbook, deleteRunbook, listRunbooks, runbookBy, saveRunbook } from '#db/runbooks.ts';
import type { RunbookRow } from '#db/schema.ts';
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
import { sightOfList } from '../sight.ts';
import { runbookSteps, stepsAfterChange } from '../step-lists.ts';
import { checkTraits, requireTraits } from '../traits-body.ts';

const kind: Kind<RunbookRow> = {
  resource,
  renderer: makeRenderer<RunbookRow>(resource),
  by: runbookBy,
  access: {
    get: 'baremetal:runbook:get',
    target: (_, row) => ({ 'runbook.owner': row.owner }),
    isPublic: (row) => row.public,
  },
  missing: RunbookNotFound,
};
const queries = queriesOf({ ...resource, filters: { project: { since: 92, type: 'string' } } });
const { since } = resource;
const freeNamesSince = 112;

type Values = Partial<RunbookRow>;

function checked(ask: Ask, values: Values): Values {
  if (values.name !== undefined && ask.minor < freeNamesSince && !isTrait(values.name))
    throw new InvalidParameterValue({
      why: `name "${values.name}": before 1.${freeNamesSince} a runbook is named like a trait.`,
    });
  return values.steps === undefined ? values : { ...values, steps: runbookSteps(values.steps) };
}

const runbookOfPath = (ask: Ask): Promise<RunbookRow> => namedInPath(ask, kind, ask.params.runbook!);

async function list(ask: Ask): Promise<Reply> {
  const project = ask.args.project as string | undefined;
  const sight = sightOfList(ask, 'runbook', project);
  return listReply(ask, kind, (page) => listRunbooks(ask.db.read, { project, sight }, page));
}

async function patch(ask: Ask): Promise<Reply> {
  const row = await runbookOfPath(ask);
  const changes = checked(ask, patchedValues(ask, resource, row) as Values);
  if (changes.steps) changes.steps = stepsAfterChange(row.steps, changes.steps);
  if ('public' in changes) ask.demand('baremetal:runbook:update:public');
  if ('owner' in changes) ask.demand('baremetal:runbook:update:owner');
  if (changes.public)
    changes.owner = null; // what is everybody's belongs to nobody
  else if (changes.owner && row.public)
    throw new InvalidParameterValue({ why: `Runbook ${row.name} is public, so it cannot have an owner.` });
  return patchReply(ask, kind, row, changes, (tx) => saveRunbook(tx, row.uuid, changes));
}

/** Who acts for one project makes runbooks for that one, and none for everybody. */
function ownOfProject({ caller }: Ask, values: Values): Values {
  if (caller.systemScope || !caller.project) return values;
  if (values.public)
    throw new InvalidParameterValue({ why: 'public: who acts for a project cannot make a runbook for everybody.' });
  return { ...values, owner: caller.project };
}

const traitRoute = { since: freeNamesSince, policy: 'baremetal:runbook:update', judges: 'thing' } as const;

export const runbookRoutes = [
  route({ method: 'GET', path: '/v1/runbooks', since, before: 'no path', query: queries.list, handle: list }),
  route({
    method: 'GET',
    path: '/v1/runbooks/{runbook}',
    since,
    before: 'no path',
    policy: 'baremetal:runbook:get',
    judges: 'thing',
    query: queries.one,
    handle: async (ask) => showReply(ask, kind, await runbookOfPath(ask)),
  }),
  route({
    method: 'POST',
    path: '/v1/runbooks',
    since,
    before: 'no method',
    policy: 'baremetal:runbook:create',
    body: 'json',
    handle(ask) {
      const given = ownOfProject(ask, newValues(ask, resource) as Values);
      const values = checked(ask, given) as Pick<RunbookRow, 'name' | 'steps' | 'uuid'>;
      return createReply(ask, kind, (tx) => createRunbook(tx, values));
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/runbooks/{runbook}',
    since,
    before: 'no method',
    policy: 'baremetal:runbook:update',
    judges: 'thing',
    body: 'json',
    patch: true,
    handle: patch,
  }),
  route({
    method: 'DELETE',
    path: '/v1/runbooks/{runbook}',
    since,
    before: 'no method',
    policy: 'baremetal:runbook:delete',
    judges: 'thing',
    async handle(ask) {
      const { uuid } = await runbookOfPath(ask);
      return deleteReply(ask, (tx) => deleteRunbook(tx, uuid));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/runbooks/{runbook}/traits',
    since: freeNamesSince,
    policy: 'baremetal:runbook:get',
    judges: 'thing',
    handle: async (ask) => ({ body: { traits: (await runbookOfPath(ask)).traits } }),
  }),
  route({
    ...traitRoute,
    method: 'PUT',
    path: '/v1/runbooks/{runbook}/traits',
    body: 'json',
    async handle(ask) {
      const { uuid } = await runbookOfPath(ask);
      const traits = requireTraits(ask.body);
      await ask.db.write((tx) => saveRunbook(tx, uuid, { traits }));
      return { status: 204 };
    },
  }),
  route({
    ...traitRoute,
    method: 'PUT',
    path: '/v1/runbooks/{runbook}/traits/{trait}',
    body: 'json',
    async handle(ask) {
      const { uuid } = await runbookOfPath(ask);
      const trait = checkTraits([ask.params.trait])[0]!;
      await ask.db.write((tx) => addRunbookTrait(tx, uuid, trait));
      return { status: 204, location: `${ask.base}/v1/runbooks/${ask.params.runbook}/traits/${trait}` };
    },
  }),
  route({
    ...traitRoute,
    method: 'DELETE',
    path: '/v1/runbooks/{runbook}/traits',
    async handle(ask) {
      const { uuid } = await runbookOfPath(ask);
      await ask.db.write((tx) => saveRunbook(tx, uuid, { traits: [] }));
      return { status: 204 };
    },
  }),
  route({
    ...traitRoute,
    method: 'DELETE',
    path: '/v1/runbooks/{runbook}/traits/{trait}',
    // compat: taking away a trait that is not there is no error
    async handle(ask) {
      const { uuid, traits } = await runbookOfPath(ask);
      const left = traits.filter((trait) => trait !== ask.params.trait);
      await ask.db.write((tx) => saveRunbook(tx, uuid, { traits: left }));
      return { status: 204 };
    },
  }),
];
