// Versions, content types, methods, paths: what is the same for every resource.
import type { Script } from './script.ts';

const versions = [
  '1.1',
  '1.10',
  '1.100',
  '1.115',
  '1.116',
  '1.0',
  '1.00',
  '1.005',
  '01.5',
  ' 1.20',
  '1.20 ',
  '1. 20',
  '1,20',
  '1.20.0',
  'v1.20',
  '1.20a',
  '0.1',
  '2',
  '1.',
  '.5',
  '1.-5',
  '+1.5',
  'latest',
  'Latest',
  ' latest ',
  'newest',
  'None',
  '1.1e1',
  '0x1.5',
  '1.20, 1.30',
  '999999999999.1',
  '1.99999999999999999999',
]; // prettier-ignore

const newSpelling = [
  'baremetal 1.30',
  'baremetal  1.30',
  ' baremetal 1.30 ',
  'BAREMETAL 1.30',
  'Baremetal latest',
  'baremetal latest',
  'compute 2.1',
  'compute 2.1, baremetal 1.30',
  'baremetal 1.30, compute 2.1',
  'baremetal',
  'baremetal ',
  'baremetal 1',
  '1.30',
  'baremetal 1.999',
  'baremetal x',
  'bare-metal 1.30',
  '',
]; // prettier-ignore

const wrongPaths = [
  '/',
  '//',
  '/v1/',
  '/v1//',
  '/V1',
  '/v1.json',
  '/v1/nodes.json',
  '/v2/nodes',
  '/v1/v1/nodes',
  '/nodes',
  '/nodes/',
  '/ports?limit=1',
  '/v1/Nodes',
  '/v1/nodes/?limit=1',
  '/v1/nodes//',
  '/v1/nodes/detail/',
  '/v1/nodes/detail?limit=1',
  '/v1/detail',
  '/v1/nodes/validate',
  '/v1/nodes/validate?node=nope',
  '/v1/nodes/validate?node_uuid=nope',
  '/v1/drivers/',
  '/v1/volume/',
  '/v1/volume/nope',
  '/v1/volume',
  '/v1/shards',
  '/v1/shards/',
  '/v1/shards/a',
  '/v1/shards?limit=1',
  '/v1/conductors/yardstick/x',

  '/v1/conductors/nope',

  '/v1/conductors?fields=hostname,drivers',
  '/v1/conductors?sort_key=alive',

  '/v1/conductors?marker=nope',
  '/v1/conductors?marker=yardstick',

  '/v1/conductors/YARDSTICK',
  '/v1/conductors/yardstick?fields=hostname',
  '/v1/conductors/yardstick?fields=nope',
  '/v1/conductors/yardstick?detail=true',
  '/v1/conductors/detail',
  '/v1/lookup',
  '/v1/heartbeat',
  '/v1/continue_inspection',
  '/v1/events',
  '/v1/lookup?addresses=',
  '/v1/lookup?addresses=x',
  '/v1/lookup?node_uuid=x',
  '/v1/heartbeat/x',

  '/v1/bios',
  '/v1/nodes/a/b/c/d',
  '/v1/nodes/%2e',
  '/v1/nodes/%zz',
  '/v1/nodes?%zz=1',
  '/v1/nodes?limit=%zz',

  '/v1/chassis/',
  '/v1/chassis/detail/x',
  '/v1/ports/detail/x',
  '/v1/deploy_templates/',
  '/v1/runbooks/',
  '/v1/inspection_rules/',
]; // prettier-ignore

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
const collections = [
  'chassis',
  'nodes',
  'ports',
  'portgroups',
  'volume',
  'volume/connectors',
  'volume/targets',
  'drivers',

  'allocations',
  'deploy_templates',
  'runbooks',
  'inspection_rules',
  'shards',
  'lookup',
  'heartbeat',
  'continue_inspection',
  'events',
  'nodes/detail',
  'ports/detail',
  'portgroups/detail',
  'chassis/detail',
  'nodes/validate',
  'nodes/x',
  'ports/x',
  'nodes/x/states',
  'nodes/x/states/power',
  'nodes/x/states/nope',
  'nodes/x/ports',
  'nodes/x/traits',
  'nodes/x/vifs',
  'nodes/x/bios',
  'nodes/x/history',
  'nodes/x/inventory',
  'nodes/x/children',
  'nodes/x/vmedia',
  'nodes/x/firmware',
  'nodes/x/allocation',
  'nodes/x/management',
  'nodes/x/management/boot_device',
  'nodes/x/management/indicators',
  'nodes/x/vendor_passthru',
  'nodes/x/volume',
  'nodes/x/maintenance',
]; // prettier-ignore

const types = [
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'text/plain',
  'application/xml',
  'x',
  '',
  'multipart/form-data; boundary=x',
  'application/json-patch+json',
  'application/vnd.api+json',
]; // prettier-ignore

export function headers(s: Script): void {
  for (const version of versions) s.ask('GET', '/v1/shards', undefined, { minor: version });
  for (const version of versions) s.ask('GET', '/', undefined, { minor: version });
  for (const value of newSpelling) {
    const name = `OpenStack-API-Version: ${value}`;
    s.ask('GET', `/v1?${encodeURI(name)}`, undefined, { minor: null, headers: { 'OpenStack-API-Version': value } });
    s.ask('GET', '/v1/nodes', undefined, { minor: null, headers: { 'OpenStack-API-Version': value } });
    s.ask('GET', '/v1/nodes', undefined, { minor: '1.20', headers: { 'OpenStack-API-Version': value } });
  }
  s.ask('GET', '/v1/nodes', undefined, { minor: null, headers: { 'x-openstack-ironic-api-version': '1.33' } });
  s.ask('GET', '/v1/nodes', undefined, { minor: null, headers: { 'X-OPENSTACK-IRONIC-API-VERSION': '1.34' } });
  for (const minor of [1, 21, 22, 23, 31, 32, 48, 49, 51, 52, 53, 54, 55, 81, 82, 83, 84, 91, 92, 95, 96, 115])
    s.ask('GET', '/v1', undefined, { minor });
  for (const path of wrongPaths) for (const minor of [115, 1]) s.ask('GET', path, undefined, { minor });
  for (const path of collections)
    for (const method of methods) {
      const body = method === 'GET' || method === 'HEAD' || method === 'DELETE' ? undefined : {};
      for (const minor of [115, 1]) s.ask(method, `/v1/${path}`, body, { minor });
    }
  for (const type of types) {
    s.ask('POST', '/v1/chassis', { description: type }, { headers: { 'Content-Type': type } });
    s.ask('POST', '/v1/events', { events: [] }, { headers: { 'Content-Type': type } });
  }
  for (const accept of ['*/*', 'application/json;q=0.1', 'text/html, application/json', 'text/html, */*'])
    for (const path of ['/v1/chassis/nope', '/v1/shards', '/nope'])
      s.ask('GET', path, undefined, { headers: { Accept: accept } });
}
