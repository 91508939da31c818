// What hangs on other things: ports of a group, traits of a runbook, changes of inspection rules, history.
import type { Script } from './script.ts';

export function rest(s: Script): void {
  const [node, group, port, book, rule] = [s.uuid(), s.uuid(), s.uuid(), s.uuid(), s.uuid()];
  s.ask('POST', '/v1/nodes', { uuid: node, driver: 'fake-hardware', name: 'host' });
  s.ask('POST', '/v1/portgroups', { uuid: group, node_uuid: node, name: 'bond' });
  s.ask('POST', '/v1/ports', { uuid: port, node_uuid: node, address: '52:54:00:aa:bb:cc', portgroup_uuid: group });
  for (const ident of [group, 'bond', 'nope'])
    for (const tail of ['', '/detail', '?limit=1', '?fields=address', '?detail=true', '?bogus=1'])
      for (const minor of [23, 24, 115]) s.ask('GET', `/v1/portgroups/${ident}/ports${tail}`, undefined, { minor });
  traits(s, book);
  rules(s, rule);
  s.ask('PUT', `/v1/nodes/${node}/states/provision`, { target: 'manage' });
  const clean_steps = [{ interface: 'deploy', step: 'nope' }];
  s.ask('PUT', `/v1/nodes/${node}/states/provision`, { target: 'clean', clean_steps }, { settle: node });
  for (const tail of ['', '?detail=true', '?limit=1', '?marker=x', '/3f2504e0-4f89-41d3-9a0c-0305e82c33ff', '/x'])
    for (const minor of [77, 78, 113, 115])
      s.ask('GET', `/v1/nodes/${node}/history${tail}`, undefined, { minor, settle: node });
}

function traits(s: Script, uuid: string): void {
  const steps = [{ interface: 'bios', step: 'factory_reset', args: {}, order: 1 }];
  s.ask('POST', '/v1/runbooks', { uuid, name: 'CUSTOM_BOOK', steps });
  for (const minor of [111, 112, 115])
    for (const ident of [uuid, 'CUSTOM_BOOK', 'nope']) {
      const path = `/v1/runbooks/${ident}/traits`;
      s.ask('PUT', path, { traits: ['CUSTOM_A', 'CUSTOM_B'] }, { minor });
      s.ask('GET', path, undefined, { minor });
      s.ask('PUT', `${path}/CUSTOM_C`, undefined, { minor });
      s.ask('PUT', `${path}/custom_c`, undefined, { minor });
      s.ask('GET', path, undefined, { minor });
      s.ask('DELETE', `${path}/CUSTOM_A`, undefined, { minor });
      s.ask('DELETE', `${path}/CUSTOM_NOT_THERE`, undefined, { minor });
      s.ask('PUT', path, { traits: 'CUSTOM_A' }, { minor });
      s.ask('DELETE', path, undefined, { minor });
      s.ask('GET', path, undefined, { minor });
    }
}

function rules(s: Script, uuid: string): void {
  const path = `/v1/inspection_rules/${uuid}`;
  s.ask('POST', '/v1/inspection_rules', { uuid, actions: [{ op: 'log', args: { msg: 'a' } }] });
  for (const [field, value] of Object.entries({
    description: 'text',
    priority: 5,
    phase: 'main',
    conditions: [{ op: 'is-true', args: { value: 'true' } }],
    actions: [{ op: 'fail', args: { msg: 'b' } }],
    sensitive: true,
  }))
    for (const minor of [95, 96, 115]) s.ask('PATCH', path, [{ op: 'replace', path: `/${field}`, value }], { minor });
  s.ask('GET', path);
  s.ask('GET', '/v1/inspection_rules?phase=main');
  for (const minor of [95, 96, 96]) s.ask('DELETE', path, undefined, { minor });
}
