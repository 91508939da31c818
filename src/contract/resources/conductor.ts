import type { Resource } from '../fields.ts';

export const conductor = {
  name: 'conductor',
  plural: 'conductors',
  path: 'conductors',
  since: 49,
  listed: ['hostname', 'conductor_group', 'alive'],
  required: [],
  fieldsSince: 49,
  marker: 'any',
  detailSince: 49,
  fields: {
    hostname: { since: 49, type: 'string' },
    conductor_group: { since: 49, type: 'string' },
    alive: { since: 49, type: 'flag', stored: false },
    drivers: { since: 49, type: 'list' },
    created_at: { since: 49, type: 'time' },
    updated_at: { since: 49, type: 'time' },
    links: { since: 49, type: 'links', stored: false },
  },
} as const satisfies Resource;
