import { describe, expect, test } from 'vitest';
import { HTTPForbidden } from '#contract/errors.ts';
import { rightsSuite } from './rights.suite.ts';
import { asker, authorityOf, makeWorld, persona, Reached } from './testing/people.ts';

// The other switches of [oslo_policy] are tried in rights.peer.test.ts: the matrix is large.
describe('with scopes and new defaults', () => rightsSuite({}));

const make = { method: 'POST', url: '/v1/allocations' };
const others = { resource_class: 'x', owner: 'project-other' };

test.each([
  [true, 'owner-member', { resource_class: 'x' }, 'reached'],
  [true, 'owner-member', others, 'baremetal:allocation:create_restricted'],
  [true, 'system-member', others, 'reached'],
  [false, 'owner-member', { resource_class: 'x' }, 'reached'],
  [false, 'owner-member', others, 'baremetal:allocation:create_pre_rbac'],
  [false, 'owner-admin', others, 'reached'],
  [false, 'demo-baremetal_admin', others, 'reached'],
  [false, 'demo-baremetal_observer', { resource_class: 'x' }, 'baremetal:allocation:create'],
  [false, 'system-member', others, 'reached'],
])('enforce_new_defaults %s: %s makes an allocation of %j: %s', async (newDefaultsOnly, who, body, expected) => {
  const world = await makeWorld();
  const ask = asker(world, authorityOf({ newDefaultsOnly }));
  const error = await ask(persona(who), { ...make, body }).catch((thrown: unknown) => thrown);
  const seen = Reached.is(error) ? 'reached' : HTTPForbidden.is(error) ? error.facts.rule : String(error);
  expect(seen).toBe(expected);
  await world.db.close();
});

test('a step that has a rule of its own needs it in a runbook too', async () => {
  const world = await makeWorld();
  const { node } = world.machines[1]!;
  const runbook = world.runbooks.find(({ owner }) => owner === 'project-owner')!.uuid;
  const ask = (rule: Record<string, string>) =>
    asker(world, authorityOf({ overrides: rule }))(persona('owner-manager'), {
      method: 'PUT',
      url: `/v1/nodes/${node}/states/provision`,
      body: { target: 'clean', runbook },
    }).catch((thrown: unknown) => thrown);
  await world.db.write(async (tx) => {
    await tx.updateTable('nodes').set({ provision_state: 'manageable' }).where('uuid', '=', node).execute();
    await tx
      .updateTable('runbooks')
      .set({ traits: [] as never })
      .where('uuid', '=', runbook)
      .execute();
  });
  const rule = 'baremetal:step:execute:deploy.x';
  const refused = await ask({ [rule]: 'role:admin' });
  expect(HTTPForbidden.is(refused) && refused.facts.rule).toBe(rule);
  expect(HTTPForbidden.is(await ask({ [rule]: 'role:manager' }))).toBe(false);
  await world.db.close();
});
