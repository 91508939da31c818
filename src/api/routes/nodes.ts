import { readCreation } from '#contract/body.ts';
import { node } from '#contract/resources/node.ts';
import type { NodeFilter } from '#db/node-list.ts';
import { findStamp, type NodeStamp } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import { asciiJson } from '../ascii-json.ts';
import { inPath, requireNode } from '../idents.ts';
import { checkDeletable } from '../node-deletion.ts';
import { readNodeFilter } from '../node-filter.ts';
import { nodeText } from '../node-fragments.ts';
import { nodePage } from '../node-page.ts';
import { checkNewNode } from '../node-values.ts';
import { showNewNode } from '../node-view.ts';
import { demandCreation, demandDeletion } from '../own-nodes.ts';
import { nextLink, readPage, readPicked } from '../paging.ts';
import { queriesOf } from '../resource.ts';
import { type Ask, type Reply, route } from '../route.ts';
import { seesNode, sightOfList } from '../sight.ts';
import { chassisOfPath } from './chassis.ts';

const queries = queriesOf(node);

/** compat: of the filters the next page repeats these, where they were true; what carries an instance has no next page. */
function wanted({ args }: Ask): { filters?: readonly string[]; full?: false } {
  if (args.instance_uuid !== undefined) return { full: false };
  return { filters: ['associated', 'maintenance', 'retired'].filter((name) => args[name] === true) };
}

async function listReply(ask: Ask, view?: 'all', within: NodeFilter = {}): Promise<Reply> {
  const mark = await ask.db.mark();
  const sight = sightOfList(ask, 'node', ask.args.project as string | undefined);
  const page = readPage(ask, node, view);
  if (page.marker !== undefined && ask.gate) await requireNode(ask, page.marker);
  const filter = { ...(await readNodeFilter(ask)), ...within, sight };
  const sorted = { ...page, sortKey: page.sortKey as keyof NodeRow };
  const key = JSON.stringify([ask.base, ask.minor, view, page, ask.args.detail, filter]);
  const end = (count: number, last: string | undefined) => {
    const path = view ? 'nodes/detail' : 'nodes';
    const next = nextLink(ask, page, { path, resource: node, last, full: count === page.limit, ...wanted(ask) });
    return next ? `],"next":${asciiJson(next)}}` : ']}';
  };
  return { page: await nodePage(ask, mark, key, { filter, page: sorted, view: page.fields, end }) };
}

/** One node; its row is read only where its text is not kept. */
async function showReply(ask: Ask): Promise<Reply> {
  const stamp = await stampInPath(ask, ask.params.node!);
  const ascii = await nodeText(ask, stamp, readPicked(ask, node) ?? 'all');
  return ascii === undefined ? showReply(ask) : { ascii };
}

/** The stamp of the node in the path, after `baremetal:node:get`; throws BadUri or NodeNotFound. */
async function stampInPath(ask: Ask, ident: string): Promise<NodeStamp> {
  const { db, stamps } = ask;
  if (db.kind !== 'sqlite') return inPath(ask, ident, findStamp); // there a mark costs as much as the stamp
  const mark = db.mark() as number;
  const kept = stamps.of(ident, mark);
  if (kept && seesNode(ask, kept)) return kept;
  const stamp = await inPath(ask, ident, findStamp);
  if (stamp.uuid === ident) stamps.keep(ident, mark, stamp);
  return stamp;
}

async function create(ask: Ask): Promise<Reply> {
  const own = demandCreation(ask);
  const given = readCreation(node, ask.minor, ask.body ?? {});
  const values = await checkNewNode(ask, given, own);
  const row = await ask.orders.createNode({ values: { ...values, uuid: values.uuid ?? ask.newId() }, by: ask.by });
  return { status: 201, body: showNewNode(ask, row), location: `${ask.base}/v1/nodes/${row.uuid}` };
}

export const nodeRoutes = [
  route({ method: 'GET', path: '/v1/nodes', since: 1, query: queries.list, handle: (ask) => listReply(ask) }),
  route({
    method: 'GET',
    path: '/v1/nodes/detail',
    since: 1,
    query: queries.detail,
    handle: (ask) => listReply(ask, 'all'),
  }),
  route({
    method: 'GET',
    path: '/v1/chassis/{chassis}/nodes',
    since: 1,
    query: queries.list,
    handle: async (ask) => listReply(ask, undefined, { chassis_uuid: (await chassisOfPath(ask)).uuid }),
  }),
  route({
    method: 'GET',
    path: '/v1/chassis/{chassis}/nodes/detail',
    since: 1,
    query: queries.detail,
    handle: async (ask) => listReply(ask, 'all', { chassis_uuid: (await chassisOfPath(ask)).uuid }),
  }),
  route({ method: 'POST', path: '/v1/nodes', since: 1, body: 'json', noHost: 400, handle: create }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}',
    since: 1,
    policy: 'baremetal:node:get',
    judges: 'thing',
    findNode: false,
    query: queries.one,
    handle: showReply,
  }),
  route({
    method: 'DELETE',
    path: '/v1/nodes/{node}',
    since: 1,
    policy: 'baremetal:node:delete',
    judges: 'thing',
    noHost: 400,
    async handle(ask) {
      demandDeletion(ask);
      const { node: row, orders, by, settings } = ask;
      checkDeletable(row, settings);
      await orders.deleteNode({ node: row.uuid, by });
      return { status: 204 };
    },
  }),
];
