import {
  AllocationNotFound,
  HTTPForbidden,
  InvalidName,
  InvalidParameterValue,
  InvalidState,
} from '#contract/errors.ts';
import { allocation as resource } from '#contract/resources/allocation.ts';
import { isLogicalName } from '#contract/values.ts';
import {
  allocationBy,
  createAllocation,
  deleteAllocation,
  findAllocation,
  listAllocations,
  saveAllocation,
} from '#db/allocations.ts';
import { nodeBy } from '#db/nodes.ts';
import type { AllocationRow, New } from '#db/schema.ts';
import { factsOf } from '#model/provision-states.ts';
import { nodeNamed, nodeOfBody } from '../idents.ts';
import { makeRenderer } from '../render.ts';
import {
  admitted,
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
import { checkTraits } from '../traits-body.ts';

const kind: Kind<AllocationRow> = {
  resource,
  renderer: makeRenderer<AllocationRow>(resource),
  by: allocationBy,
  access: { get: 'baremetal:allocation:get', target: (_, row) => ({ 'allocation.owner': row.owner }) },
  missing: AllocationNotFound,
};
const queries = queriesOf(resource);
const { since } = resource;
const patchSince = 57;

const allocationOfPath = (ask: Ask): Promise<AllocationRow> => namedInPath(ask, kind, ask.params.allocation!);

// compat: an empty name and one that looks like a UUID pass
function checkName(name: unknown, minor: number): void {
  if (typeof name === 'string' && name && !isLogicalName(name, minor))
    throw new InvalidName({ what: 'allocation', name });
}

async function candidatesOf(ask: Ask, idents: unknown): Promise<string[]> {
  if (!idents) return [];
  const nodes = await Promise.all((idents as unknown[]).map((ident) => nodeNamed(ask, String(ident))));
  const lacking = (idents as unknown[]).filter((_, at) => !nodes[at]);
  if (lacking.length)
    throw new InvalidParameterValue({ why: `candidate_nodes: there are no nodes ${lacking.join(', ')}.` });
  return nodes.map((node) => node!.uuid);
}

async function list(ask: Ask): Promise<Reply> {
  const { node, ...args } = ask.args as { node?: string; resource_class?: string; state?: string; owner?: string };
  const node_uuid = node === undefined ? undefined : (await nodeOfBody(ask, 'node', node)).uuid;
  const { resource_class, state, owner } = args;
  const sight = sightOfList(ask, 'allocation', owner);
  return listReply(ask, kind, (page) =>
    listAllocations(ask.db.read, { node_uuid, resource_class, state, owner, sight }, page),
  );
}

/**
 * Who acts for one project makes allocations for that one; others (403) need the whole system's rights. While the defaults
 * of before secure RBAC count as well, all who may create may also create_restricted: then whose it is, is free for those
 * whom create_pre_rbac lets pass.
 */
function ownerOfNew(ask: Ask, owner: unknown): { owner?: string } {
  ask.demand('baremetal:allocation:create');
  const { project, systemScope } = ask.caller;
  const free = ask.may('baremetal:allocation:create_restricted');
  const former = ask.authority.formerDefaults?.() && !systemScope;
  if (former ? ask.may('baremetal:allocation:create_pre_rbac') : free) return {};
  if (!project || (owner && owner !== project))
    throw new HTTPForbidden({ rule: `baremetal:allocation:create_${former && free ? 'pre_rbac' : 'restricted'}` });
  return { owner: project };
}

/** compat: a trait that is asked for twice stands there twice. */
function asGiven(traits: unknown): string[] {
  checkTraits(traits);
  return traits as string[];
}

async function create(ask: Ask): Promise<Reply> {
  const { node: ident, ...body } = newValues(ask, resource);
  const given: Record<string, unknown> & { uuid: string } = { ...body, ...ownerOfNew(ask, body.owner) };
  if (!ident && !given.resource_class)
    throw new InvalidParameterValue({
      why: 'An allocation needs a "resource_class" (or from 1.58 on a "node" to be noted for).',
    });
  checkName(given.name, ask.minor);
  const traits = given.traits ? asGiven(given.traits) : [];
  const candidate_nodes = await candidatesOf(ask, given.candidate_nodes);
  const node = ident ? await nodeOfBody(ask, 'node', String(ident)) : undefined;
  const values = {
    ...given,
    // An allocation noted afterwards carries the UUID of the instance that is there already.
    ...(node?.instance_uuid && !(ask.body as { uuid?: unknown }).uuid && { uuid: node.instance_uuid }),
    ...(node && !given.resource_class && { resource_class: node.resource_class }),
    traits,
    candidate_nodes,
    state: 'allocating',
  } as unknown as Omit<New<'allocations'>, 'id' | 'created_at'>;
  const reply = await createReply(ask, kind, (tx) => createAllocation(tx, values));
  await ask.orders.allocate?.({ allocation: values.uuid, node: node?.uuid, by: ask.by });
  if (!node) return reply;
  return { ...reply, body: kind.renderer.one(await allocationBy(ask.db.read, values.uuid), 'all', ask) };
}

async function remove(ask: Ask, row: AllocationRow): Promise<Reply> {
  const node = row.node_uuid ? await nodeBy(ask.db.read, row.node_uuid) : undefined;
  const busy = node && node.target_provision_state !== null && !factsOf(node.provision_state)?.updatable;
  if (node && !node.maintenance && (node.provision_state === 'active' || busy))
    throw new InvalidState({
      why: `Allocation ${row.uuid} is in use: node ${node.uuid} is "${node.provision_state}".`,
    });
  return deleteReply(ask, (tx) => deleteAllocation(tx, row.uuid));
}

async function allocationOfNode(ask: Ask): Promise<AllocationRow> {
  const { allocation_uuid: uuid } = ask.node;
  const row = uuid ? await findAllocation(ask.db.read, uuid) : undefined;
  if (!row) throw new AllocationNotFound({ ident: `of node ${ask.node.uuid}` });
  return admitted(ask, kind, row, row.uuid);
}

export const allocationRoutes = [
  route({ method: 'GET', path: '/v1/allocations', since, before: 'not served', query: queries.list, handle: list }),
  route({
    method: 'GET',
    path: '/v1/allocations/{allocation}',
    since,
    before: 'not served',
    policy: 'baremetal:allocation:get',
    judges: 'thing',
    query: queries.one,
    handle: async (ask) => showReply(ask, kind, await allocationOfPath(ask)),
  }),
  route({
    method: 'POST',
    path: '/v1/allocations',
    since,
    before: 'method not served',
    policy: 'baremetal:allocation:create',
    judges: 'thing',
    body: 'json',
    handle: create,
  }),
  route({
    method: 'PATCH',
    path: '/v1/allocations/{allocation}',
    since: patchSince,
    before: 'method not served',
    policy: 'baremetal:allocation:update',
    judges: 'thing',
    body: 'json',
    patch: 'loose',
    async handle(ask) {
      const row = await allocationOfPath(ask);
      const changes = patchedValues(ask, resource, row);
      checkName(changes.name, ask.minor);
      return patchReply(ask, kind, row, changes, (tx) => saveAllocation(tx, row.uuid, changes));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/allocations/{allocation}',
    since,
    before: 'method not served',
    policy: 'baremetal:allocation:delete',
    judges: 'thing',
    handle: async (ask) => remove(ask, await allocationOfPath(ask)),
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/allocation',
    since,
    policy: 'baremetal:allocation:get',
    judges: 'thing',
    query: queries.one,
    handle: async (ask) => showReply(ask, kind, await allocationOfNode(ask)),
  }),
  route({
    method: 'DELETE',
    path: '/v1/nodes/{node}/allocation',
    since,
    policy: 'baremetal:allocation:delete',
    judges: 'thing',
    handle: async (ask) => remove(ask, await allocationOfNode(ask)),
  }),
];
