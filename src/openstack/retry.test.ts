import { expect, test, vi } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { ServiceUnreachable } from './errors.ts';
import type { Http } from './http.ts';
import { type RetryOptions, retrying } from './retry.ts';

type Turn = number | 'lost' | 'refused';

/** Answers in turn; `refused`: nothing was sent, `lost`: it may have arrived. */
function line(turns: readonly Turn[]): Http & { sent: number } {
  const http = {
    sent: 0,
    async send({ method, url }: { method: string; url: string }) {
      const turn = turns[http.sent++] ?? 200;
      if (typeof turn === 'number') return { status: turn, headers: {}, text: '' };
      throw new ServiceUnreachable({ section: 'nova', method, url, why: turn, mayHaveArrived: turn === 'lost' });
    },
    close: async () => {},
  };
  return http;
}

/** How a call ended, how often it was sent, and the pauses in between in seconds. */
async function run(method: string, turns: readonly Turn[], options: RetryOptions) {
  const clock = new ManualClock();
  const http = line(turns);
  let over = false;
  const end = retrying(http, options, clock)
    .send({ method, url: 'http://s' })
    .then(
      ({ status }) => status,
      (error: Error) => error.name,
    )
    .finally(() => {
      over = true;
    });
  const pauses: number[] = [];
  for (;;) {
    await vi.waitFor(() => expect(over || clock.sleeping > 0).toBe(true), { interval: 1 });
    if (over) return { end: await end, sent: http.sent, pauses };
    const before = clock.now();
    while (clock.sleeping > 0) clock.advance(50);
    pauses.push((clock.now() - before) / 1000);
  }
}

test.each([
  ['GET', ['refused', 'lost', 200], { connect_retries: 2 }, { end: 200, sent: 3, pauses: [0.5, 1] }],
  ['GET', ['refused'], {}, { end: 'ServiceUnreachable', sent: 1, pauses: [] }],
  ['GET', ['lost', 'lost'], { connect_retries: 1 }, { end: 'ServiceUnreachable', sent: 2, pauses: [0.5] }],
  ['POST', ['refused', 200], { connect_retries: 3, connect_retry_delay: 2 }, { end: 200, sent: 2, pauses: [2] }],
  ['POST', ['lost'], { connect_retries: 3 }, { end: 'ServiceUnreachable', sent: 1, pauses: [] }],
  ['POST', [503, 503, 201], { status_code_retries: 5 }, { end: 201, sent: 3, pauses: [0.5, 1] }],
  ['POST', [503, 503], { status_code_retries: 1, status_code_retry_delay: 0.1 }, { end: 503, sent: 2, pauses: [0.1] }],
  ['GET', [500], { status_code_retries: 5 }, { end: 500, sent: 1, pauses: [] }],
  [
    'GET',
    [503, 'refused', 200],
    { status_code_retries: 1, connect_retries: 1 },
    { end: 200, sent: 3, pauses: [0.5, 0.5] },
  ],
] as const)('%s answered by %j with %j: %j', async (method, turns, options, expected) => {
  expect(await run(method, turns, options)).toEqual(expected);
});

test('pauses double up to a minute', async () => {
  const { pauses } = await run('GET', new Array(10).fill('refused'), { connect_retries: 9 });
  expect(pauses).toEqual([0.5, 1, 2, 4, 8, 16, 32, 60, 60]);
});

test('waiting for the next try ends with the signal of the call', async () => {
  const clock = new ManualClock();
  const leaving = new AbortController();
  const http = line(['refused']);
  const asked = retrying(http, { connect_retries: 9 }, clock).send({ method: 'GET', url: 'x', signal: leaving.signal });
  await vi.waitFor(() => expect(clock.sleeping).toBe(1));
  leaving.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
  expect(http.sent).toBe(1);
});
