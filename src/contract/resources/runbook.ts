import type { Resource } from '../fields.ts';

export const runbook = {
  name: 'runbook',
  plural: 'runbooks',
  path: 'runbooks',
  since: 92,
  listed: ['uuid', 'name'],
  required: ['name', 'steps'],
  fieldsSince: 92,
  marker: 'ident',
  detailSince: 92,
  filters: {
    project: { since: 92, type: 'string' },
  },
  fields: {
    uuid: { since: 92, type: 'uuid', create: true, null: true },
    name: { since: 92, type: 'string', create: true, patch: 'keep', max: 255, min: 1, pattern: /^[A-Za-z0-9\-._~]+$/ },
    steps: { since: 92, type: 'list', create: true, patch: 'keep', min: 1 },
    disable_ramdisk: { since: 92, type: 'flag', create: true, patch: 'free', null: true, default: false },
    extra: { since: 92, type: 'object', create: true, patch: 'free', null: true },
    // compat: the command line client patches it with the text "True".
    public: { since: 92, type: 'flag', create: true, patch: 'free', null: true, default: false },
    owner: { since: 92, type: 'string', create: true, patch: 'free', null: true, max: 255 },
    created_at: { since: 92, type: 'time' },
    updated_at: { since: 92, type: 'time' },
    links: { since: 92, type: 'links', stored: false },
    description: {
      since: 112,
      type: 'string',
      create: true,
      patch: 'free',
      null: true,
      max: 255,
      unknownBefore: true,
      ungated: ['sort'],
    },
    traits: { since: 112, type: 'list', unknownBefore: true, ungated: ['sort'] },
  },
} as const satisfies Resource;
