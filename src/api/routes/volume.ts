import type { FaultKind } from '#base/errors.ts';
import { isUuid } from '#base/ids.ts';
import { InvalidStateRequested, InvalidUUID, VolumeConnectorNotFound, VolumeTargetNotFound } from '#contract/errors.ts';
import type { Resource } from '#contract/fields.ts';
import { linksOf } from '#contract/links.ts';
import { maskSecrets, redacted } from '#contract/masking.ts';
import { volumeConnector } from '#contract/resources/volume-connector.ts';
import { volumeTarget } from '#contract/resources/volume-target.ts';
import type { Sight } from '#db/conditions.ts';
import type { Tx } from '#db/database.ts';
import { nodeBy } from '#db/nodes.ts';
import type { Queries, VolumeConnectorRow, VolumeTargetRow } from '#db/schema.ts';
import {
  createVolumeConnector,
  deleteVolumeConnector,
  listVolumeConnectors,
  saveVolumeConnector,
  volumeConnectorBy,
} from '#db/volume-connectors.ts';
import {
  createVolumeTarget,
  deleteVolumeTarget,
  listVolumeTargets,
  saveVolumeTarget,
  volumeTargetBy,
} from '#db/volume-targets.ts';
import { requireNode } from '../idents.ts';
import { nodeForMove, nodeForNew } from '../node-of-thing.ts';
import { type Maker, makeRenderer } from '../render.ts';
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
  type TablePage,
} from '../resource.ts';
import { type Ask, type Reply, type Route, route } from '../route.ts';
import { sightOfList, targetOnNode } from '../sight.ts';

const since = 32;

interface Volume {
  readonly uuid: string;
  readonly node_uuid: string;
}

/** Connectors and targets differ in their fields and tables only. */
interface Section<R extends Volume> {
  readonly resource: Resource;
  readonly what: string;
  readonly missing: FaultKind<{ ident: string }>;
  readonly makers?: Readonly<Record<string, Maker<R>>>;
  readonly by: (db: Queries, uuid: string) => Promise<R>;
  readonly list: (
    db: Queries,
    filter: { node_uuid?: string | undefined; project?: string | undefined; sight?: Sight | undefined },
    page: TablePage<keyof R & string>,
  ) => Promise<R[]>;
  readonly create: (tx: Tx, values: never) => Promise<R>;
  readonly save: (tx: Tx, uuid: string, changes: never) => Promise<R>;
  readonly remove: (tx: Tx, uuid: string) => Promise<void>;
}

const poweredOffNotNeeded = new Set(['enroll', 'manageable', 'adopt failed']);

/** Volumes are told to a machine when it is powered on, so they change only while it is off. */
async function refuseWhilePowered(ask: Ask, uuid: string, action: string, except?: ReadonlySet<string>): Promise<void> {
  const node = await nodeBy(ask.db.read, uuid);
  if (node.power_state === 'power off' || except?.has(node.provision_state)) return;
  throw new InvalidStateRequested({ action, node: uuid, state: node.power_state });
}

function sectionRoutes<R extends Volume>(section: Section<R>): Route[] {
  const { resource, what } = section;
  const kind: Kind<R> = {
    resource,
    renderer: makeRenderer<R>(resource, { ...(section.makers && { makers: section.makers }) }),
    by: section.by,
    access: { get: 'baremetal:volume:get', target: (db, row) => targetOnNode(db, row.node_uuid) },
    missing: section.missing,
  };
  const queries = queriesOf(resource);
  const path = `/v1/${resource.path}`;
  const one = `${path}/{uuid}`;
  const find = (ask: Ask): Promise<R> => {
    const uuid = ask.params.uuid!;
    if (!isUuid(uuid)) throw new InvalidUUID({ field: `the ${what}`, value: uuid });
    return namedInPath(ask, kind, uuid);
  };
  const heldFor = (row: R, purpose: string, ask: Ask) => ({ node: row.node_uuid, purpose, by: ask.by });

  const list = async (ask: Ask, node_uuid?: string): Promise<Reply> => {
    const project = ask.args.project as string | undefined;
    const sight = sightOfList(ask, 'volume', project);
    const named = ask.args.node as string | undefined;
    const node = node_uuid ?? (named === undefined ? undefined : (await requireNode(ask, named)).uuid);
    const filter = { node_uuid: node, project, sight };
    return listReply(ask, kind, (page) => section.list(ask.db.read, filter, page));
  };

  return [
    route({ method: 'GET', path, since, query: queries.list, handle: (ask) => list(ask) }),
    route({
      method: 'GET',
      path: `/v1/nodes/{node}/${resource.path}`,
      since,
      query: queries.list,
      handle: (ask) => list(ask, ask.node.uuid),
    }),
    route({
      method: 'GET',
      path: one,
      since,
      policy: 'baremetal:volume:get',
      judges: 'thing',
      query: queries.one,
      handle: async (ask) => showReply(ask, kind, await find(ask)),
    }),
    route({
      method: 'POST',
      path,
      since,
      policy: 'baremetal:volume:create',
      judges: 'thing',
      body: 'json',
      async handle(ask) {
        const given = newValues(ask, resource);
        const node = await nodeForNew(ask, 'node_uuid', String(given.node_uuid));
        return createReply(ask, kind, (tx) => section.create(tx, { ...given, node_uuid: node.uuid } as never));
      },
    }),
    route({
      method: 'PATCH',
      path: one,
      since,
      policy: 'baremetal:volume:update',
      judges: 'thing',
      body: 'json',
      patch: true,
      async handle(ask) {
        const row = await find(ask);
        const changes = patchedValues(ask, resource, row);
        if (changes.node_uuid) await nodeForMove(ask, 'node_uuid', String(changes.node_uuid));
        await refuseWhilePowered(ask, row.node_uuid, `${what} update`);
        return ask.orders.whileHeld(heldFor(row, `changing its ${what}`, ask), () =>
          patchReply(ask, kind, row, changes, (tx) => section.save(tx, row.uuid, changes as never)),
        );
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      since,
      policy: 'baremetal:volume:delete',
      judges: 'thing',
      async handle(ask) {
        const row = await find(ask);
        await refuseWhilePowered(ask, row.node_uuid, `${what} deletion`, poweredOffNotNeeded);
        return ask.orders.whileHeld(heldFor(row, `deleting its ${what}`, ask), () =>
          deleteReply(ask, (tx) => section.remove(tx, row.uuid)),
        );
      },
    }),
  ];
}

const showRoot = (base: string, path: string): Reply => ({
  body: {
    links: linksOf(base, `${path}/`),
    connectors: linksOf(base, `${path}/connectors`),
    targets: linksOf(base, `${path}/targets`),
  },
});

export const volumeRoutes = [
  route({
    method: 'GET',
    path: '/v1/volume',
    since,
    before: 'not served',
    policy: 'baremetal:volume:get',
    handle: ({ base }) => showRoot(base, 'volume'),
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/volume',
    since,
    before: 'not served',
    policy: 'baremetal:volume:get',
    handle: ({ base, params }) => showRoot(base, `nodes/${params.node}/volume`),
  }),
  ...sectionRoutes<VolumeConnectorRow>({
    resource: volumeConnector,
    what: 'volume connector',
    missing: VolumeConnectorNotFound,
    by: volumeConnectorBy,
    list: listVolumeConnectors,
    create: createVolumeConnector,
    save: saveVolumeConnector,
    remove: deleteVolumeConnector,
  }),
  ...sectionRoutes<VolumeTargetRow>({
    resource: volumeTarget,
    what: 'volume target',
    missing: VolumeTargetNotFound,
    makers: {
      properties: (row, { may }) =>
        !may || may('baremetal:volume:view_target_properties')
          ? maskSecrets(row.properties)
          : { redacted_contents: redacted('baremetal:volume:view_target_properties') },
    },
    by: volumeTargetBy,
    list: listVolumeTargets,
    create: createVolumeTarget,
    save: saveVolumeTarget,
    remove: deleteVolumeTarget,
  }),
];
