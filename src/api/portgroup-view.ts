import { PortgroupNotFound } from '#contract/errors.ts';
import { portgroup as resource } from '#contract/resources/portgroup.ts';
import { portgroupBy } from '#db/portgroups.ts';
import type { PortgroupRow } from '#db/schema.ts';
import { makeRenderer } from './render.ts';
import { type Kind, namedInPath } from './resource.ts';
import type { Ask } from './route.ts';
import { targetOnNode } from './sight.ts';

export const portgroupKind: Kind<PortgroupRow> = {
  resource,
  renderer: makeRenderer<PortgroupRow>(resource),
  by: portgroupBy,
  access: { get: 'baremetal:portgroup:get', target: (db, row) => targetOnNode(db, row.node_uuid) },
  missing: PortgroupNotFound,
  oddIdent: 'uri',
};

/** The port group that a filter names; throws PortgroupNotFound, also where the caller must not know of it. */
export const portgroupSeen = (ask: Ask, ident: string): Promise<PortgroupRow> =>
  namedInPath({ ...ask, rule: undefined, suffixed: false }, portgroupKind, ident);

/** The port group that the path names, where there is one for the caller. */
export const portgroupOfPath = (ask: Ask): Promise<PortgroupRow> =>
  namedInPath(ask, portgroupKind, ask.params.portgroup!);
