import { NotAcceptable, NotFound, UnsupportedDriverExtension } from '#contract/errors.ts';
import { offered } from '../offered.ts';
import { readRaidConfig } from '../raid-config.ts';
import { route } from '../route.ts';

const since = 12;

export const nodeRaidRoutes = [
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/states/raid',
    since,
    before: 'handler',
    policy: 'baremetal:node:set_raid_state',
    body: 'json',
    async handle({ minor, node, body, orders, by }) {
      if (minor < since) throw new NotAcceptable({ what: 'Setting a RAID configuration', since });
      const target = readRaidConfig(body);
      try {
        await offered(orders.setRaid, 'RAID')({ node: node.uuid, target, by });
      } catch (error) {
        // compat: a driver without RAID has no such thing
        if (UnsupportedDriverExtension.is(error)) throw new NotFound({ why: error.message }, { cause: error });
        throw error;
      }
      return { status: 204 };
    },
  }),
];
