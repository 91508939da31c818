// Who may create and delete nodes: the system's administrators any, and those of a project the ones that it owns, while
// [api]project_admin_can_manage_own_nodes lets them.
import type { Ask } from './route.ts';
import { nodeTarget } from './sight.ts';

/** Throws HTTPForbidden; true where the node will belong to the caller's own project, and to no other. */
export function demandCreation(ask: Ask): boolean {
  const self = !ask.caller.systemScope && ask.settings.projectAdminsOwnNodes;
  if (self && ask.may('baremetal:node:create:self_owned_node')) return true;
  ask.demand('baremetal:node:create');
  return false;
}

/** Throws HTTPForbidden unless the caller may delete the node of the path. */
export function demandDeletion(ask: Ask): void {
  const target = nodeTarget(ask.node);
  const self = ask.settings.projectAdminsOwnNodes && ask.may('baremetal:node:delete:self_owned_node', target);
  if (!self) ask.demand('baremetal:node:delete', target);
}
