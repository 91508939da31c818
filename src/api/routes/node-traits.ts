import { InvalidParameterValue, NotAcceptable } from '#contract/errors.ts';
import { isTrait } from '#contract/standard-traits.ts';
import type { Tx } from '#db/database.ts';
import { addTrait, removeTrait, removeTraits, setTraits, traitsOf } from '#db/node-traits.ts';
import { type Ask, type Reply, route } from '../route.ts';
import { requireTraits } from '../traits-body.ts';

const mostTraits = 50;

const change = (ask: Ask, work: (tx: Tx) => Promise<unknown>): Promise<void> =>
  ask.orders.whileHeld({ node: ask.node.uuid, purpose: 'changing its traits', by: ask.by }, async () => {
    await ask.db.write(work);
  });

function refuseTooMany(count: number, node: string): void {
  if (count > mostTraits)
    throw new InvalidParameterValue({ why: `Node ${node} would have ${count} traits; ${mostTraits} are allowed.` });
}

async function addOne(ask: Ask): Promise<Reply> {
  const trait = ask.params.trait!;
  if (!isTrait(trait))
    throw new InvalidParameterValue({ why: `"${trait}" is no trait: CUSTOM_… or a standard one is accepted.` });
  if (ask.body !== undefined && Object.keys(ask.body as object).length)
    throw new InvalidParameterValue({ why: 'The trait stands in the path; the body has to be empty.' });
  await change(ask, async (tx) => {
    const traits = await traitsOf(tx, ask.node.uuid);
    refuseTooMany(new Set([...traits, trait]).size, ask.node.uuid);
    await addTrait(tx, ask.node.uuid, trait);
  });
  return { status: 204, location: `${ask.base}/v1/nodes/${ask.node.uuid}/traits/${trait}` };
}

const since = 37;

export const nodeTraitRoutes = [
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/traits',
    since,
    before: 'handler',
    policy: 'baremetal:node:traits:list',
    async handle({ db, node, minor }) {
      if (minor < since) throw new NotAcceptable({ what: 'The list of traits', since });
      return { body: { traits: await traitsOf(db.read, node.uuid) } };
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/traits',
    since,
    before: 'no method',
    policy: 'baremetal:node:traits:set',
    body: 'json',
    async handle(ask) {
      const traits = requireTraits(ask.body);
      refuseTooMany(traits.length, ask.node.uuid);
      await change(ask, (tx) => setTraits(tx, ask.node.uuid, traits));
      return { status: 204 };
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/traits/{trait}',
    since,
    before: 'no method',
    policy: 'baremetal:node:traits:set',
    body: 'json',
    handle: addOne,
  }),
  route({
    method: 'DELETE',
    path: '/v1/nodes/{node}/traits',
    since,
    before: 'not served',
    policy: 'baremetal:node:traits:delete',
    async handle(ask) {
      await change(ask, (tx) => removeTraits(tx, ask.node.uuid));
      return { status: 204 };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/nodes/{node}/traits/{trait}',
    since,
    before: 'no method',
    policy: 'baremetal:node:traits:delete',
    async handle(ask) {
      await change(ask, (tx) => removeTrait(tx, ask.node.uuid, ask.params.trait!));
      return { status: 204 };
    },
  }),
];
