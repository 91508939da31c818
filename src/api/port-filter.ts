// What lists of ports and port groups are narrowed by.

import { isUuid } from '#base/ids.ts';
import { InvalidParameterValue, NotAcceptable, OperationNotPermitted } from '#contract/errors.ts';
import type { PortFilter } from '#db/ports.ts';
import { requireNode } from './idents.ts';
import { portgroupSeen } from './portgroup-view.ts';
import type { Ask } from './route.ts';

type Args = {
  readonly node?: string;
  readonly node_uuid?: string;
  readonly portgroup?: string;
  readonly address?: string;
  readonly shard?: readonly string[];
  readonly conductor_groups?: readonly string[];
  readonly description_contains?: string;
};

const nodeNamesSince = 5;

const given = (list: readonly string[] | undefined): readonly string[] | undefined => (list?.length ? list : undefined);

async function nodeOf(ask: Ask, ident: string | undefined): Promise<string | undefined> {
  if (ident === undefined) return undefined;
  if (!isUuid(ident) && ask.minor < nodeNamesSince)
    throw new NotAcceptable({ what: 'Naming a node other than by its UUID', since: nodeNamesSince });
  return (await requireNode(ask, ident)).uuid;
}

/** 403 for filters that exclude each other (compat), 400 for groups together with others, 404 for what there is not. */
export async function readPortFilter(ask: Ask): Promise<PortFilter> {
  const args = ask.args as Args;
  const node = args.node ?? args.node_uuid;
  const [shard, groups] = [given(args.shard), given(args.conductor_groups)];
  if ([node, args.portgroup, shard].filter((value) => value !== undefined).length > 1)
    throw new OperationNotPermitted({ why: 'Ports can be listed by one of node, portgroup and shard only.' });
  if (groups && (node ?? args.portgroup ?? args.address))
    throw new InvalidParameterValue({
      why: 'conductor_groups cannot be given together with node, portgroup or address.',
    });
  const group = args.portgroup === undefined ? undefined : await portgroupSeen(ask, args.portgroup);
  return {
    node_uuid: await nodeOf(ask, node),
    portgroup_uuid: group?.uuid,
    address: args.address,
    shard,
    conductor_groups: groups,
    description_contains: args.description_contains || undefined,
  };
}

/** Port groups take one filter at a time (400). */
export async function readPortgroupFilter(ask: Ask): Promise<PortFilter> {
  const { node, address, ...args } = ask.args as Args;
  const [shard, groups] = [given(args.shard), given(args.conductor_groups)];
  if ([node, address, shard, groups].filter((value) => value !== undefined).length > 1)
    throw new InvalidParameterValue({
      why: 'Port groups can be listed by one of node, address, shard and conductor_groups only.',
    });
  return { node_uuid: await nodeOf(ask, node), address, shard, conductor_groups: groups };
}
