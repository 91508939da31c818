import type { Resource } from '../fields.ts';

export const allocation = {
  name: 'allocation',
  plural: 'allocations',
  path: 'allocations',
  since: 52,
  listed: 'all',
  required: [],
  fieldsSince: 52,
  filters: {
    node: { since: 52, type: 'ident' },
    resource_class: { since: 52, type: 'string' },
    state: { since: 52, type: 'string' },
    owner: { since: 60, type: 'string' },
  },
  fields: {
    uuid: { since: 52, type: 'uuid', create: true, null: true },
    name: { since: 52, type: 'string', create: true, patch: 'free', null: true },
    resource_class: { since: 52, type: 'string', create: true, null: true, max: 80 },
    state: { since: 52, type: 'string' },
    node_uuid: { since: 52, type: 'uuid', stored: false },
    traits: { since: 52, type: 'list', create: true, null: true },
    candidate_nodes: { since: 52, type: 'list', create: true, null: true },
    last_error: { since: 52, type: 'string' },
    extra: { since: 52, type: 'object', create: true, patch: 'free', null: true },
    created_at: { since: 52, type: 'time' },
    updated_at: { since: 52, type: 'time' },
    links: { since: 52, type: 'links', stored: false },
    node: { since: 58, type: 'string', stored: false, create: true, null: true, shown: false, unknownBefore: true },
    owner: { since: 60, type: 'string', create: true, null: true },
  },
} as const satisfies Resource;
