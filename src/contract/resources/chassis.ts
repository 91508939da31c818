import type { Resource } from '../fields.ts';

export const chassis = {
  name: 'chassis',
  plural: 'chassis',
  path: 'chassis',
  since: 1,
  listed: ['uuid', 'description'],
  required: [],
  fieldsSince: 8,
  detailSince: 43,
  fields: {
    uuid: { since: 1, type: 'uuid', create: true, patch: 'free', null: true },
    description: { since: 1, type: 'string', create: true, patch: 'free', null: true, max: 255 },
    extra: { since: 1, type: 'object', create: true, patch: 'free', null: true },
    nodes: { since: 1, type: 'links', stored: false },
    created_at: { since: 1, type: 'time' },
    updated_at: { since: 1, type: 'time' },
    links: { since: 1, type: 'links', stored: false },
  },
} as const satisfies Resource;
