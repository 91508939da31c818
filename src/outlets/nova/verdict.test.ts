import { expect, test } from 'vitest';
import { type Reply, type Verdict, verdictOn } from './verdict.ts';

const answer = (status: number, body: unknown): Reply => ({
  is: 'answer',
  status,
  text: typeof body === 'string' ? body : JSON.stringify(body),
});
const event = (status: number, code: unknown) => answer(status, { events: [{ code, status: 'failed' }] });

// reference: nova-power-update.md §3, row by row
const rows: readonly (readonly [string, Reply, Partial<Verdict>])[] = [
  ['no connection', { is: 'silence', why: 'refused', mayHaveArrived: false }, { is: 'service', unknown: false }],
  ['no answer in time', { is: 'silence', why: 'timeout', mayHaveArrived: true }, { is: 'service', unknown: true }],
  ['HTTP 500', answer(500, 'oops'), { is: 'again', tries: Number.POSITIVE_INFINITY }],
  ['HTTP 502 of a gateway', answer(502, ''), { is: 'service', unknown: true }],
  ['HTTP 503', answer(503, ''), { is: 'service', unknown: false }],
  ['HTTP 429', answer(429, ''), { is: 'service', unknown: false }],
  ['HTTP 401', answer(401, ''), { is: 'service', unknown: false }],
  ['HTTP 403', answer(403, ''), { is: 'service', unknown: false }],
  ['HTTP 404 of the URL', answer(404, 'not found'), { is: 'service', unknown: false }],
  ['HTTP 400 of the request', answer(400, { badRequest: { message: 'not one of' } }), { is: 'again', tries: 5 }],
  ['a redirect', answer(302, ''), { is: 'again', tries: 5 }],
  ['no JSON', answer(200, '<html>'), { is: 'again', tries: 5 }],
  ['an empty object', answer(200, {}), { is: 'again', tries: 5 }],
  ['no events', answer(200, { events: [] }), { is: 'again', tries: 5 }],
  ['events that are null', answer(200, { events: null }), { is: 'again', tries: 5 }],
  ['an event without code', answer(200, { events: [{}] }), { is: 'again', tries: 5 }],
  ['JSON null', answer(200, 'null'), { is: 'again', tries: 5 }],
  ['code 404', event(207, 404), { is: 'refused' }],
  ['code 400', event(207, 400), { is: 'refused' }],
  ['code 422', event(207, 422), { is: 'again', tries: 5 }],
  ['code 200 with HTTP 207', event(207, 200), { is: 'told' }],
  ['code 200', event(200, 200), { is: 'told' }],
];

for (const [what, reply, verdict] of rows)
  test(`${what}: ${verdict.is}`, () => expect(verdictOn(reply)).toMatchObject(verdict));
