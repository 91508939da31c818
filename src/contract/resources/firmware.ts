import type { Resource } from '../fields.ts';

export const firmware = {
  name: 'firmware',
  plural: 'firmware',
  path: 'firmware',
  since: 86,
  listed: ['component', 'initial_version', 'current_version', 'last_version_flashed', 'created_at', 'updated_at'],
  required: [],
  fieldsSince: 86,
  detailSince: 86,
  fields: {
    component: { since: 86, type: 'string' },
    initial_version: { since: 86, type: 'string' },
    current_version: { since: 86, type: 'string' },
    last_version_flashed: { since: 86, type: 'string' },
    created_at: { since: 86, type: 'time' },
    updated_at: { since: 86, type: 'time' },
    vendor: { since: 114, type: 'string' },
    model: { since: 114, type: 'string' },
    serial_number: { since: 114, type: 'string' },
  },
} as const satisfies Resource;
