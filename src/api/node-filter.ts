// What a list of nodes is narrowed by, from the arguments of the query.
import { ChassisNotFound, InvalidParameterValue } from '#contract/errors.ts';
import { findChassis } from '#db/chassis.ts';
import { listNodes, type NodeFilter } from '#db/node-list.ts';
import { states } from '#model/provision-states.ts';
import { nodeNamed } from './idents.ts';
import type { Ask } from './route.ts';

const faults = ['power failure', 'clean failure', 'rescue abort failure', 'service failure'];

/** Names that a filter on provision_state may hold beside those of the state table. */
const otherStates = new Set(['deleted', 'deploy complete', 'rebuild']);

/** Read the filters; 400 for values that no node can have, 404 for a chassis that there is not. */
export async function readNodeFilter(ask: Ask): Promise<NodeFilter> {
  const args = ask.args as NodeFilter & { conductor?: string; provision_state?: string };
  const { provision_state, fault, chassis_uuid, parent_node, conductor } = args;
  if (provision_state !== undefined && !Object.hasOwn(states, provision_state) && !otherStates.has(provision_state))
    throw new InvalidParameterValue({
      why: `provision_state="${provision_state}": no such state; there are ${Object.keys(states).join(', ')}.`,
    });
  if (fault !== undefined && !faults.includes(fault))
    throw new InvalidParameterValue({ why: `fault="${fault}": no such fault; there are ${faults.join(', ')}.` });
  if (chassis_uuid !== undefined && !(await findChassis(ask.db.read, chassis_uuid)))
    throw new ChassisNotFound({ ident: chassis_uuid });
  const parent = parent_node && ((await nodeNamed(ask, parent_node))?.uuid ?? parent_node);
  const filter: NodeFilter = { ...args, ...(parent && { parent_node: parent }) };
  return !conductor ? filter : { ...filter, uuids: await nodesServedBy(ask, filter, conductor) };
}

/** Which conductor serves a node is worked out, not kept: all that match otherwise are looked at. */
async function nodesServedBy(ask: Ask, filter: NodeFilter, conductor: string): Promise<string[]> {
  const rows = await listNodes(ask.db.read, filter, {}, ['uuid', 'driver', 'conductor_group']);
  return rows.filter((row) => ask.orders.conductorOf(row) === conductor).map((row) => row.uuid);
}
