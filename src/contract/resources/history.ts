import type { Resource } from '../fields.ts';

export const history = {
  name: 'history',
  plural: 'history',
  path: 'history',
  since: 78,
  listed: ['uuid', 'created_at', 'severity', 'event'],
  required: [],
  detailSince: 78,
  fields: {
    uuid: { since: 78, type: 'uuid' },
    created_at: { since: 78, type: 'time' },
    severity: { since: 78, type: 'string' },
    event: { since: 78, type: 'string' },
    links: { since: 78, type: 'links', stored: false },
    event_type: { since: 78, type: 'string' },
    conductor: { since: 78, type: 'string' },
    user: { since: 78, type: 'string' },
    project: { since: 113, type: 'string' },
    state: { since: 115, type: 'string' },
    target_provision_state: { since: 115, type: 'string' },
    duration_seconds: { since: 115, type: 'integer' },
  },
} as const satisfies Resource;
