import type { Resource } from '../fields.ts';

export const deployTemplate = {
  name: 'deploy_template',
  plural: 'deploy_templates',
  path: 'deploy_templates',
  since: 55,
  listed: ['uuid', 'name'],
  required: ['name', 'steps'],
  fieldsSince: 55,
  marker: 'ident',
  detailSince: 55,
  fields: {
    uuid: { since: 55, type: 'uuid', create: true, null: true },
    name: { since: 55, type: 'string', create: true, patch: 'keep', max: 255, min: 1 },
    steps: { since: 55, type: 'list', create: true, patch: 'keep', min: 1 },
    extra: { since: 55, type: 'object', create: true, patch: 'free', null: true },
    created_at: { since: 55, type: 'time' },
    updated_at: { since: 55, type: 'time' },
    links: { since: 55, type: 'links', stored: false },
    description: {
      since: 55,
      type: 'string',
      stored: false,
      create: true,
      null: true,
      max: 255,
      shown: false,
    },
  },
} as const satisfies Resource;
