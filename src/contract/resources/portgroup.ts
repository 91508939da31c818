import type { Resource } from '../fields.ts';

/** compat: two fields are taken at any version. */
const anywhere = ['create', 'patch', 'fields', 'sort'] as const;

export const portgroup = {
  name: 'portgroup',
  plural: 'portgroups',
  path: 'portgroups',
  since: 23,
  listed: ['uuid', 'address', 'name'],
  required: ['node_uuid'],
  fieldsSince: 23,
  detailSince: 43,
  gatesRemoval: true,
  filters: {
    node: { since: 23, type: 'ident' },
    address: { since: 23, type: 'mac' },
    shard: { since: 106, type: 'list' },
    conductor_groups: { since: 0, type: 'list' },
  },
  fields: {
    uuid: { since: 23, type: 'uuid', create: true, null: true },
    address: { since: 23, type: 'mac', create: true, patch: 'free', null: true },
    name: { since: 23, type: 'string', create: true, patch: 'free', null: true },
    node_uuid: { since: 23, type: 'uuid', create: true, patch: 'free' },
    extra: { since: 23, type: 'object', create: true, patch: 'free', null: true },
    internal_info: { since: 23, type: 'object' },
    standalone_ports_supported: { since: 23, type: 'flag', create: true, patch: 'free', null: true, default: true },
    ports: { since: 23, type: 'links', stored: false },
    created_at: { since: 23, type: 'time' },
    updated_at: { since: 23, type: 'time' },
    links: { since: 23, type: 'links', stored: false },
    mode: { since: 26, type: 'string', create: true, patch: 'keep', null: true, default: 'active-backup' },
    properties: { since: 26, type: 'object', create: true, patch: 'free', null: true },
    physical_network: {
      since: 102,
      type: 'string',
      create: true,
      patch: 'free',
      null: true,
      max: 64,
      ungated: anywhere,
    },
    category: { since: 103, type: 'string', create: true, patch: 'free', null: true, max: 80, ungated: anywhere },
    dynamic_portgroup: { since: 111, type: 'flag', default: false },
  },
} as const satisfies Resource;
