// What may be said of a node beyond the types of its fields: names, owners, parents, flags with their reasons.
import { InvalidConductorGroup, InvalidName, InvalidParameterValue } from '#contract/errors.ts';
import { isNodeName } from '#contract/values.ts';
import { findChassis } from '#db/chassis.ts';
import type { NodeRow } from '#db/schema.ts';
import { nodeNamed } from './idents.ts';
import { checkNetworkData } from './network-data.ts';
import type { Ask } from './route.ts';

type Given = Readonly<Record<string, unknown>>;

const groupShape = /^[a-zA-Z0-9_\-.]*$/;
const bornAvailableBefore = 11;

/** The row of a new node from what a body gave; throws 400 for what cannot be. */
export async function checkNewNode(ask: Ask, body: Given, selfOwned: boolean): Promise<Partial<NodeRow>> {
  const { project } = ask.caller;
  const given = selfOwned && project ? { ...body, owner: body.owner ?? project } : body;
  const { name, owner, retired, retired_reason: reason } = given;
  if (typeof name === 'string' && !isNodeName(name, ask.minor)) throw new InvalidName({ what: 'node', name });
  // compat: without a project of one's own there is no owner but none
  if (selfOwned && owner && owner !== project)
    throw new InvalidParameterValue({
      why: `owner "${String(owner)}": a new node belongs to the project that makes it.`,
    });
  if (reason && !retired)
    throw new InvalidParameterValue({ why: 'retired_reason is given with "retired": true only.' });
  if (isGiven(given.network_data)) checkNetworkData(given.network_data);
  const checked = await checkReferences(ask, given, { owner: (owner as string | undefined) ?? null });
  const values = Object.fromEntries(
    Object.entries({ ...given, ...checked }).filter(
      ([name, value]) => value !== null && !(value === '' && emptyIsNone.has(name)),
    ),
  );
  return {
    conductor_group: ask.settings.defaultConductorGroup,
    ...(ask.settings.defaultResourceClass && { resource_class: ask.settings.defaultResourceClass }),
    ...values,
    provision_state: ask.minor < bornAvailableBefore ? 'available' : 'enroll',
  };
}

/** compat: nothing is said of a new node by these when they are empty. */
const emptyIsNone = new Set(['owner', 'resource_class']);

const isGiven = (document: unknown): document is object =>
  typeof document === 'object' && document !== null && Object.keys(document).length > 0;

/** Chassis, parent and group that values name, in the form they are kept in; 400 where they name nothing. */
export async function checkReferences(
  ask: Ask,
  given: Given,
  node: { readonly owner: string | null },
): Promise<Partial<NodeRow>> {
  const { chassis_uuid: chassis, parent_node: parent, conductor_group: group } = given;
  const checked: Partial<NodeRow> = {};
  if (typeof chassis === 'string') {
    const found = await findChassis(ask.db.read, chassis);
    if (!found) throw new InvalidParameterValue({ why: `chassis_uuid: there is no chassis ${chassis}.` });
    checked.chassis_uuid = found.uuid;
  }
  if (typeof parent === 'string') checked.parent_node = await checkParent(ask, parent, node.owner);
  if (typeof group === 'string') {
    if (group.length > 255 || !groupShape.test(group)) throw new InvalidConductorGroup({ group });
    checked.conductor_group = group.toLowerCase();
  }
  return checked;
}

async function checkParent(ask: Ask, ident: string, owner: string | null): Promise<string> {
  const parent = await nodeNamed(ask, ident);
  if (!parent) throw new InvalidParameterValue({ why: `parent_node: there is no node ${ident}.` });
  if (parent.owner !== owner)
    throw new InvalidParameterValue({
      why: `parent_node: node ${ident} belongs to another owner than its child would.`,
    });
  return parent.uuid;
}
