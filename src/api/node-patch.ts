// What a patch may do to a node: which policy each path asks, which states and values refuse it, what follows from it.

import { checkPatched, readPatched } from '#contract/body.ts';
import { Conflict, InvalidName, InvalidParameterValue, InvalidState, NodeAssociated } from '#contract/errors.ts';
import { applyPatch, type PatchOperation } from '#contract/json-patch.ts';
import { mask } from '#contract/masking.ts';
import type { PolicyRule } from '#contract/policies.ts';
import { node as nodeResource } from '#contract/resources/node.ts';
import { isNodeName } from '#contract/values.ts';
import type { NodeRow } from '#db/schema.ts';
import { factsOf } from '#model/provision-states.ts';
import { checkNetworkData } from './network-data.ts';
import { checkReferences } from './node-values.ts';
import type { Ask } from './route.ts';
import { nodeTarget } from './sight.ts';

type Changes = Partial<NodeRow>;

const own = (field: string): PolicyRule => `baremetal:node:update:${field}` as PolicyRule;

/** Paths with a rule of their own; a path asks for the rule of the first entry that it begins with. */
const pathRules: readonly (readonly [string, PolicyRule])[] = [
  ['/instance_info', 'baremetal:node:update_instance_info'],
  ['/instance_name', 'baremetal:node:update_instance_info'],
  ['/extra', 'baremetal:node:update_extra'],
  ...(
    [
      'driver_info',
      'properties',
      'chassis_uuid',
      'instance_uuid',
      'lessee',
      'owner',
      'network_data',
      'conductor_group',
      'name',
      'retired',
      'shard',
      'parent_node',
      'disable_power_off',
    ] as const
  ).map((field) => [`/${field}`, own(field)] as const),
  ['/driver', own('driver_interfaces')],
];

const ruleFor = (path: string): PolicyRule =>
  path.endsWith('_interface')
    ? own('driver_interfaces')
    : (pathRules.find(([start]) => path.startsWith(start))?.[1] ?? 'baremetal:node:update');

/** Every path must be allowed by its rule. */
export function demandPatch(ask: Ask, patch: readonly PatchOperation[]): void {
  const target = nodeTarget(ask.node);
  for (const rule of new Set(patch.map(({ path }) => ruleFor(path)))) ask.demand(rule, target);
  // Who owns a machine that is in use is for the system's administrators alone to say.
  if (ask.node.provision_state === 'active' && patch.some(({ path }) => path === '/owner'))
    ask.demand('baremetal:node:update_owner_provisioned', target);
  const offCleaning = patch.some(({ path, value }) => path === '/automated_clean' && value === false);
  if (offCleaning) ask.demand('baremetal:node:disable_cleaning', target);
}

const refusesInspectingSince = 39;

/** Throws 409 where the state of the node does not let it be changed now. */
export function checkPatchable(node: NodeRow, patch: readonly PatchOperation[], minor: number): void {
  const onlyTakesInstance = patch.length === 1 && patch[0]!.op === 'remove' && patch[0]!.path === '/instance_uuid';
  if (node.maintenance && onlyTakesInstance) return;
  const inFlight = node.target_provision_state !== null && !factsOf(node.provision_state)?.updatable;
  const inspecting = node.provision_state === 'inspecting' && minor >= refusesInspectingSince;
  if (inFlight || inspecting)
    throw new InvalidState({
      why: `Node ${node.uuid} cannot be changed while it is "${node.provision_state}"; wait until its work is done.`,
    });
}

/** The changes that a patch means for a node, checked; throws 400, 406 or 409. */
export async function readNodePatch(ask: Ask, patch: readonly PatchOperation[]): Promise<Changes> {
  const { node, minor } = ask;
  checkPatched(nodeResource, minor, patch);
  if (patch.some(({ op, path }) => op === 'remove' && path === '/automated_clean'))
    throw new InvalidParameterValue({ why: '/automated_clean cannot be removed; replace it with null.' });
  const patched = keepMasked(node, applyPatch(asDocument(node), patch)) as Record<string, unknown>;
  const changes = readPatched(nodeResource, patch, patched) as Changes;
  checkPlainValues(ask, changes, patch);
  const references = await checkReferences(ask, changes as Record<string, unknown>, { owner: node.owner });
  return { ...changes, ...references, ...consequences(node, changes) };
}

/** The node as patches see it: an absent value is there as null. */
const asDocument = (node: NodeRow): object =>
  Object.fromEntries(
    Object.entries(nodeResource.fields)
      .filter(([, field]) => 'patch' in field)
      .map(([name]) => [name, Reflect.get(node, name) ?? null]),
  );

const secretive = ['driver_info', 'instance_info'] as const;

/** A secret that comes back as the asterisks it was shown as stays what it was. */
function keepMasked(node: NodeRow, patched: object): object {
  for (const name of secretive) {
    const info = Reflect.get(patched, name) as Record<string, unknown> | null;
    if (typeof info !== 'object' || info === null) continue;
    for (const [key, value] of Object.entries(info))
      if (value === mask && Object.hasOwn(node[name], key)) info[key] = node[name][key];
  }
  return patched;
}

function checkPlainValues({ node, minor }: Ask, changes: Changes, patch: readonly PatchOperation[]): void {
  const named = patch.findLast(({ path, op }) => path === '/name' && op !== 'remove');
  if (named && !(typeof changes.name === 'string' && isNodeName(changes.name, minor)))
    throw new InvalidName({ what: 'node', name: String(named.value) });
  const instance = changes.instance_uuid;
  if (instance && node.instance_uuid && instance !== node.instance_uuid)
    throw new NodeAssociated({ node: node.uuid, instance: node.instance_uuid });
  if (changes.chassis_uuid === null && minor < 25 && node.chassis_uuid)
    throw new InvalidParameterValue({ why: 'A node can be taken out of its chassis from API version 1.25 on.' });
  if (patch.some(({ keys, op }) => keys[0] === 'network_data' && op !== 'remove'))
    checkNetworkData(changes.network_data);
  if (changes.resource_class !== undefined && node.resource_class && changes.resource_class !== node.resource_class)
    refuseReclassed(node);
  checkFlags(node, changes);
}

/** Where what a node is sold as may change: nobody counts on it there. */
const reclassable = new Set(['available', 'enroll', 'inspecting', 'inspect wait', 'manageable']);

function refuseReclassed({ uuid, provision_state, resource_class }: NodeRow): void {
  if (reclassable.has(provision_state)) return;
  throw new InvalidState({
    why: `Node ${uuid} stays in resource class ${resource_class} while it is "${provision_state}"; it can change in ${[...reclassable].join(', ')}.`,
  });
}

const protectable = new Set(['active', 'rescue']);

function checkFlags(node: NodeRow, changes: Changes): void {
  const state = node.provision_state;
  if (changes.protected && !protectable.has(state))
    throw new Conflict({ why: `Node ${node.uuid} can be protected when it is active or rescue, not "${state}".` });
  if (changes.retired && state === 'available')
    throw new Conflict({
      why: `Node ${node.uuid} cannot be retired while it is available; bring it to manageable first.`,
    });
  for (const flag of ['protected', 'retired'] as const) {
    const reason = `${flag}_reason` as const;
    if (changes[reason] && !(changes[flag] ?? node[flag]))
      throw new InvalidParameterValue({ why: `${reason} can be set while "${flag}" is true only.` });
  }
}

/** What follows from a change: a reason goes with its flag, an instance's name comes from what nova says of it. */
function consequences(node: NodeRow, changes: Changes): Changes {
  const name = changes.instance_info?.display_name;
  const unnamed = !(changes.instance_name ?? node.instance_name);
  return {
    ...(changes.protected === false && { protected_reason: null }),
    ...(changes.retired === false && { retired_reason: null }),
    ...(changes.maintenance === false && { maintenance_reason: null, fault: null }),
    ...(unnamed && typeof name === 'string' && { instance_name: name.slice(0, 255) }),
  };
}
