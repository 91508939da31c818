// Allocations: new ones over nodes of every sort, and what their nodes may do then.
import { allocation } from '#contract/resources/allocation.ts';
import { oddValues } from './odd-values.ts';
import type { Script } from './script.ts';
import { createOddly, listOddly, patchOddly, showOddly, type Thing } from './things.ts';

const settled = (uuid: string) => ({ before: [{ wait: { allocation: uuid } }] });

export function allocations(s: Script): void {
  const nodes = ['small', 'large', 'gold'].map((name) => readyNode(s, name));
  let count = 0;
  const thing: Thing = {
    resource: allocation,
    fresh: () => ({ uuid: s.uuid(), name: `job-${++count}`, resource_class: 'nobody-has-it' }),
    good: {
      resource_class: 'small',
      node: nodes[0],
      candidate_nodes: [nodes[1]],
      traits: ['CUSTOM_GOLD'],
      extra: { a: 1 },
    },
  };
  matching(s, nodes);
  const uuids = Array.from({ length: 4 }, () => s.uuid());
  for (const uuid of uuids) s.ask('POST', '/v1/allocations', { ...thing.fresh(), uuid });
  for (const uuid of uuids) s.ask('GET', `/v1/allocations/${uuid}`, undefined, settled(uuid));
  listOddly(s, thing, uuids);
  patchOddly(s, thing, uuids[0]!);
  showOddly(s, thing, uuids[1]!, 'job-3');
  for (const value of oddValues)
    s.ask('POST', '/v1/allocations', { resource_class: 'small', candidate_nodes: [value] });
  for (const value of oddValues) s.ask('POST', '/v1/allocations', { resource_class: 'small', traits: [value] });
  createOddly(s, thing);
}

function readyNode(s: Script, name: string): string {
  const uuid = s.uuid();
  const states = `/v1/nodes/${uuid}/states/provision`;
  s.ask('POST', '/v1/nodes', { uuid, driver: 'fake-hardware', name, resource_class: name });
  s.ask('PUT', states, { target: 'manage' });
  s.ask('PUT', states, { target: 'provide' }, { settle: uuid });
  s.ask('GET', `/v1/nodes/${uuid}`, undefined, { settle: uuid });
  return uuid;
}

function matching(s: Script, [small, large, gold]: readonly string[]): void {
  const post = (body: object, minor = 115) => {
    const uuid = s.uuid();
    s.ask('POST', '/v1/allocations', { uuid, ...body }, { minor });
    s.ask('GET', `/v1/allocations/${uuid}`, undefined, settled(uuid));
    return uuid;
  };
  s.ask('PUT', `/v1/nodes/${gold}/traits`, { traits: ['CUSTOM_GOLD'] });
  const first = post({ resource_class: 'small', name: 'one', extra: { k: 'v' }, owner: 'me' });
  s.ask('GET', `/v1/nodes/${small}`);
  for (const minor of [51, 52, 57, 60]) s.ask('GET', `/v1/nodes/${small}/allocation`, undefined, { minor });
  s.ask('GET', `/v1/nodes/${small}/allocation?fields=name,owner`);
  s.ask('GET', `/v1/nodes/${large}/allocation`);
  s.ask('PATCH', `/v1/nodes/${small}`, [{ op: 'remove', path: '/instance_uuid' }]);
  s.ask('DELETE', `/v1/nodes/${small}`);
  post({ resource_class: 'small', name: 'two' });
  post({ resource_class: 'large', candidate_nodes: [small, 'gold'] });
  post({ resource_class: 'large', candidate_nodes: ['large', 'large'], name: 'three' });
  post({ resource_class: 'gold', traits: ['CUSTOM_SILVER'] });
  post({ resource_class: 'gold', traits: ['CUSTOM_GOLD'], owner: 'somebody' });
  post({ resource_class: 'gold', traits: ['CUSTOM_GOLD', 'CUSTOM_GOLD'], name: 'four' });
  post({ resource_class: 'gold', candidate_nodes: ['no-such-node'] });
  post({ node: small });
  post({ node: 'no-such-node' });
  post({ node: gold, resource_class: 'large' });
  post({ node: gold, traits: ['CUSTOM_GOLD'] });
  post({ node: gold, candidate_nodes: [gold] });
  post({ node: gold }, 57);
  post({});
  for (const query of [
    '?node=small',
    `?node=${small}`,
    '?node=nope',
    '?resource_class=small',
    '?state=active',
    '?state=error',
    '?owner=me',
  ])
    s.ask('GET', `/v1/allocations${query}&sort_key=name&fields=name,state,node_uuid,owner`);
  s.ask('DELETE', '/v1/allocations/two');
  s.ask('DELETE', '/v1/allocations/two');
  s.ask('DELETE', `/v1/nodes/${large}/allocation`);
  s.ask('DELETE', `/v1/nodes/${large}/allocation`);
  s.ask('DELETE', `/v1/nodes/${large}/allocation`, undefined, { minor: 51 });
  s.ask('DELETE', `/v1/allocations/${first}`, undefined, { minor: 51 });
  s.ask('PATCH', `/v1/allocations/${first}`, [{ op: 'add', path: '/name', value: 'x' }], { minor: 56 });
  const backfilled = s.uuid();
  active(s, large!);
  s.ask('POST', '/v1/allocations', { uuid: backfilled, node: 'large', name: 'filled', extra: { a: 1 } });
  s.ask('GET', `/v1/allocations/${backfilled}`, undefined, settled(backfilled));
  s.ask('GET', `/v1/nodes/${large}?fields=instance_uuid,allocation_uuid,instance_info`);
  s.ask('DELETE', `/v1/allocations/${backfilled}`);
  s.ask('PUT', `/v1/nodes/${large}/maintenance`, { reason: 'x' });
  s.ask('DELETE', `/v1/allocations/${backfilled}`);
  s.ask('GET', `/v1/nodes/${large}?fields=instance_uuid,allocation_uuid,instance_info`);
}

function active(s: Script, node: string): void {
  s.ask('PUT', `/v1/nodes/${node}/states/provision`, { target: 'active' });
  s.ask('GET', `/v1/nodes/${node}/states`, undefined, { settle: node });
}
