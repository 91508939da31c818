import type { Resource } from '../fields.ts';

export const volumeTarget = {
  name: 'volume_target',
  plural: 'targets',
  path: 'volume/targets',
  since: 32,
  listed: ['uuid', 'node_uuid', 'volume_type', 'boot_index', 'volume_id'],
  required: ['boot_index', 'node_uuid', 'volume_id', 'volume_type'],
  fieldsSince: 32,
  detailSince: 32,
  filters: {
    node: { since: 32, type: 'ident' },
    project: { since: 0, type: 'string' },
  },
  fields: {
    uuid: { since: 32, type: 'uuid', create: true, null: true },
    node_uuid: { since: 32, type: 'uuid', stored: false, create: true, patch: 'free' },
    volume_type: { since: 32, type: 'string', create: true, patch: 'keep' },
    volume_id: { since: 32, type: 'string', create: true, patch: 'keep' },
    boot_index: { since: 32, type: 'integer', create: true, patch: 'keep' },
    properties: { since: 32, type: 'object', create: true, patch: 'free', null: true },
    extra: { since: 32, type: 'object', create: true, patch: 'free', null: true },
    created_at: { since: 32, type: 'time' },
    updated_at: { since: 32, type: 'time' },
    links: { since: 32, type: 'links', stored: false },
  },
} as const satisfies Resource;
