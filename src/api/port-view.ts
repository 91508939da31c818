import { PortNotFound } from '#contract/errors.ts';
import { port as resource } from '#contract/resources/port.ts';
import { portBy } from '#db/ports.ts';
import type { JsonObject, PortRow } from '#db/schema.ts';
import { makeRenderer } from './render.ts';
import type { Kind } from './resource.ts';
import { targetOnNode } from './sight.ts';

const networkTypeSince = 64;
/** The versions that know the keys of OVN's VTEP switches. */
const vtep = { from: 90, until: 104 };

/** A link connection as a client of that version knows it. */
function linkAt(link: JsonObject, minor: number): JsonObject {
  if (Object.keys(link).some((key) => key.startsWith('vtep-')) && (minor < vtep.from || minor > vtep.until)) return {};
  if (minor >= networkTypeSince || !('network_type' in link)) return link;
  const { network_type: _, ...older } = link;
  return older;
}

export const portKind: Kind<PortRow> = {
  resource,
  renderer: makeRenderer<PortRow>(resource, {
    makers: { local_link_connection: (row, { minor }) => linkAt(row.local_link_connection, minor) },
  }),
  by: portBy,
  access: { get: 'baremetal:port:get', target: (db, row) => targetOnNode(db, row.node_uuid) },
  missing: PortNotFound,
};
