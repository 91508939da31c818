// Nodes as clients see them: what is older than a field's version or secret is hidden, what lies in other tables added.
import { mask, maskSecrets, redacted } from '#contract/masking.ts';
import type { PolicyRule } from '#contract/policies.ts';
import { node as nodeResource } from '#contract/resources/node.ts';
import { traitsOf } from '#db/node-traits.ts';
import type { NodeRow } from '#db/schema.ts';
import { type Maker, makeRenderer, type Viewer } from './render.ts';
import type { Ask } from './route.ts';
import { nodeTarget } from './sight.ts';

/** A row with what is shown of it but kept elsewhere. */
export interface NodeShown extends NodeRow {
  readonly traits: readonly string[];
  readonly conductor: string | null;
}

type Seen = Readonly<Record<string, unknown>>;

/** Below these versions a state was called otherwise. */
const olderStates = [
  { state: 'available', until: 2, shown: null },
  { state: 'inspect wait', until: 39, shown: 'inspecting' },
] as const;

/** A provision state as a client of that version knows it. */
export function stateAt(state: string | null, minor: number): string | null {
  const older = olderStates.find((entry) => entry.state === state && minor < entry.until);
  return older ? older.shown : state;
}

/** Fields that not everybody sees who sees the node: owners do, lessees do not. */
const guarded = ['last_error', 'reservation', 'driver_internal_info', 'driver_info'] as const;
type Guarded = (typeof guarded)[number];
const guardOf = (field: Guarded) => `baremetal:node:get:${field}` as PolicyRule;

/** Whether the viewer sees a guarded field of this node. */
export function sees({ may }: Viewer, row: NodeRow, field: Guarded): boolean {
  if (!may) return true;
  const target = nodeTarget(row);
  return may('baremetal:node:get:filter_threshold', target) || may(guardOf(field), target);
}

/** What the viewer sees of such a node, as a text: views of nodes with the same text may be kept for each other. */
export function sightMark({ may }: Viewer, node: Pick<NodeRow, 'owner' | 'lessee'>): string {
  if (!may) return '';
  const secrets = (['show_password', 'show_instance_secrets'] as const).map((rule) => (may(rule) ? 'p' : '-'));
  const target = nodeTarget(node);
  const all = may('baremetal:node:get:filter_threshold', target);
  return [...secrets, ...guarded.map((field) => (all || may(guardOf(field), target) ? 'g' : '-'))].join('');
}

const text = (field: 'last_error' | 'reservation') => (row: NodeRow, at: Viewer) =>
  sees(at, row, field) ? row[field] : redacted(guardOf(field));

const shown = (at: Viewer, info: Seen): Seen => (at.may?.('show_password') ? info : maskSecrets(info));

/** compat: credentials of SNMP, whose names do not say that they are secret. */
const snmpKeys = ['snmp_auth_key', 'snmp_priv_key'];

function driverInfo(row: NodeRow, at: Viewer): Seen {
  const info = shown(at, row.driver_info);
  const secret = at.may?.('show_password') ? [] : snmpKeys.filter((key) => info[key]);
  return secret.length ? { ...info, ...Object.fromEntries(secret.map((key) => [key, mask])) } : info;
}

const instanceSecrets = (info: Seen, at: Viewer): Seen => {
  if (at.may?.('show_instance_secrets')) return info;
  const masked = maskSecrets(info);
  return info.image_url ? { ...masked, image_url: mask } : masked;
};

/** What is not simply shown as it is in the row. A value that nothing is changed of stays the same object. */
export const nodeMakers: Readonly<Record<string, Maker<NodeShown>>> = {
  provision_state: (row, { minor }) => stateAt(row.provision_state, minor),
  target_provision_state: (row, { minor }) => stateAt(row.target_provision_state, minor),
  last_error: text('last_error'),
  reservation: text('reservation'),
  driver_info: (row, at) =>
    sees(at, row, 'driver_info') ? driverInfo(row, at) : { content: redacted(guardOf('driver_info')) },
  driver_internal_info: (row, at) =>
    sees(at, row, 'driver_internal_info')
      ? shown(at, row.driver_internal_info)
      : { content: redacted(guardOf('driver_internal_info')) },
  instance_info: (row, at) => instanceSecrets(row.instance_info, at),
};

/** Shows the fields of one node. */
export const nodeRenderer = makeRenderer<NodeShown>(nodeResource, { makers: nodeMakers });

/** One node as the client of `ask` sees it. */
export async function showNode(ask: Ask, row: NodeRow): Promise<Seen> {
  const traits = ask.minor >= 37 ? await traitsOf(ask.db.read, row.uuid) : [];
  return nodeRenderer.one({ ...row, traits, conductor: ask.orders.conductorOf(row) }, 'all', ask);
}

/** One that was just made: it has no traits yet. */
export const showNewNode = (ask: Ask, row: NodeRow): Seen =>
  nodeRenderer.one({ ...row, traits: [], conductor: ask.orders.conductorOf(row) }, 'all', ask);
