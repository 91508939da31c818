import { demandProvision, readProvision } from '../provision-order.ts';
import { route } from '../route.ts';

export const nodeProvisionRoutes = [
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/states/provision',
    since: 1,
    policy: 'baremetal:node:set_provision_state',
    size: 'provision',
    query: {
      target: { type: 'string', required: true, null: true },
      configdrive: { type: 'any' },
      clean_steps: { type: 'any' },
      deploy_steps: { type: 'any' },
      service_steps: { type: 'any' },
      rescue_password: { type: 'string' },
      disable_ramdisk: { type: 'flag' },
      runbook: { type: 'string' },
    },
    body: 'arguments',
    async handle(ask) {
      demandProvision(ask);
      const { event, args } = await readProvision(ask);
      await ask.orders.provision({ node: ask.node.uuid, event, args, by: ask.by });
      return { status: 202, location: `${ask.base}/v1/nodes/${ask.node.uuid}/states` };
    },
  }),
];
