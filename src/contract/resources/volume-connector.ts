import type { Resource } from '../fields.ts';

export const volumeConnector = {
  name: 'volume_connector',
  plural: 'connectors',
  path: 'volume/connectors',
  since: 32,
  listed: ['uuid', 'node_uuid', 'type', 'connector_id'],
  required: ['connector_id', 'node_uuid', 'type'],
  fieldsSince: 32,
  detailSince: 32,
  filters: {
    node: { since: 32, type: 'ident' },
    project: { since: 0, type: 'string' },
  },
  fields: {
    uuid: { since: 32, type: 'uuid', create: true, null: true },
    node_uuid: { since: 32, type: 'uuid', stored: false, create: true, patch: 'free' },
    type: { since: 32, type: 'string', create: true, patch: 'keep' },
    connector_id: { since: 32, type: 'string', create: true, patch: 'keep' },
    extra: { since: 32, type: 'object', create: true, patch: 'free', null: true },
    created_at: { since: 32, type: 'time' },
    updated_at: { since: 32, type: 'time' },
    links: { since: 32, type: 'links', stored: false },
  },
} as const satisfies Resource;
