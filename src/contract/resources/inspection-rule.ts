import type { Resource } from '../fields.ts';

export const inspectionRule = {
  name: 'inspection_rule',
  plural: 'inspection_rules',
  path: 'inspection_rules',
  since: 96,
  listed: ['uuid', 'priority', 'phase', 'description'],
  required: ['actions'],
  fieldsSince: 96,
  marker: 'any',
  detailSince: 96,
  filters: {
    phase: { since: 96, type: 'string' },
  },
  fields: {
    uuid: { since: 96, type: 'uuid', create: true, patch: 'free', null: true, anyText: true },
    description: { since: 96, type: 'string', create: true, patch: 'free', null: true, max: 255 },
    // compat: the command line client sends the priority and the flag of a new rule as text.
    priority: { since: 96, type: 'integer', digits: true, create: true, patch: 'free', default: 0, min: 0 },
    phase: { since: 96, type: 'string', create: true, patch: 'free', null: true, max: 16, default: 'main' },
    sensitive: { since: 96, type: 'flag', create: true, patch: 'free', null: true, default: false },
    conditions: { since: 96, type: 'list', create: true, patch: 'free' },
    actions: { since: 96, type: 'list', create: true, patch: 'keep', min: 1 },
    created_at: { since: 96, type: 'time' },
    updated_at: { since: 96, type: 'time' },
    links: { since: 96, type: 'links', stored: false },
  },
} as const satisfies Resource;
