import type { Resource } from '../fields.ts';

export const biosSetting = {
  name: 'bios_setting',
  plural: 'bios',
  path: 'bios',
  since: 40,
  listed: ['name', 'value'],
  required: [],
  fieldsSince: 74,
  detailSince: 74,
  fields: {
    name: { since: 40, type: 'string' },
    value: { since: 40, type: 'string' },
    created_at: { since: 40, type: 'time' },
    updated_at: { since: 40, type: 'time' },
    links: { since: 40, type: 'links', stored: false },
    attribute_type: { since: 74, type: 'string' },
    allowable_values: { since: 74, type: 'list' },
    lower_bound: { since: 74, type: 'integer' },
    upper_bound: { since: 74, type: 'integer' },
    min_length: { since: 74, type: 'integer' },
    max_length: { since: 74, type: 'integer' },
    read_only: { since: 74, type: 'flag' },
    reset_required: { since: 74, type: 'flag' },
    unique: { since: 74, type: 'flag' },
  },
} as const satisfies Resource;
