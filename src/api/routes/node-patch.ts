import { InvalidParameterValue } from '#contract/errors.ts';
import { readPatch } from '#contract/json-patch.ts';
import { checkPatchable, demandPatch, readNodePatch } from '../node-patch.ts';
import { showNode } from '../node-view.ts';
import { route } from '../route.ts';

export const nodePatchRoutes = [
  route({
    method: 'PATCH',
    path: '/v1/nodes/{node}',
    since: 1,
    query: { reset_interfaces: { type: 'flag', since: 45 } },
    body: 'json',
    patch: true,
    noHost: 400,
    async handle(ask) {
      const { node, orders, by } = ask;
      const patch = readPatch(ask.body ?? {});
      demandPatch(ask, patch);
      checkPatchable(node, patch, ask.minor);
      const resetInterfaces = ask.args.reset_interfaces === true;
      if (resetInterfaces && !patch.some(({ path }) => path === '/driver'))
        throw new InvalidParameterValue({ why: 'reset_interfaces goes with a new driver only.' });
      const changes = await readNodePatch(ask, patch);
      const row = await orders.updateNode({ node: node.uuid, changes, read: node, resetInterfaces, by });
      return { body: await showNode(ask, row) };
    },
  }),
];
