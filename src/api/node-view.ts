// Nodes as clients see them: what is older than a field's version or secret is hidden, what lies in other tables added.
import { mask, maskSecrets } from '#contract/masking.ts';
import { node as nodeResource } from '#contract/resources/node.ts';
import { traitsOf } from '#db/node-traits.ts';
import type { NodeRow } from '#db/schema.ts';
import { makeRenderer, type View } from './render.ts';
import type { Ask } from './route.ts';

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

const instanceSecrets = (info: Seen): Seen => {
  const masked = maskSecrets(info);
  return info.image_url ? { ...masked, image_url: mask } : masked;
};

/** Shows the fields of one node. */
export const nodeRenderer = makeRenderer<NodeShown>(nodeResource, {
  makers: {
    provision_state: (row, { minor }) => stateAt(row.provision_state, minor),
    target_provision_state: (row, { minor }) => stateAt(row.target_provision_state, minor),
    driver_info: (row) => maskSecrets(row.driver_info),
    driver_internal_info: (row) => maskSecrets(row.driver_internal_info),
    instance_info: (row) => instanceSecrets(row.instance_info),
  },
});

/** One node as the client of `ask` sees it. */
export async function showNode(ask: Ask, row: NodeRow, view: View = 'all'): Promise<Seen> {
  const traits = ask.minor >= 37 ? await traitsOf(ask.db.read, row.uuid) : [];
  return nodeRenderer.one({ ...row, traits, conductor: ask.orders.conductorOf(row) }, view, ask);
}
