import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineParser, Qmp, type QmpEvent, QmpGone, QmpRefused } from './qmp.ts';

function session() {
  const from = new PassThrough();
  const to = new PassThrough();
  const events: QmpEvent[] = [];
  const qmp = new Qmp(from, to, (event) => events.push(event));
  to.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) {
      const { execute, id } = JSON.parse(line);
      if (execute === 'bad')
        from.write(`${JSON.stringify({ id, error: { class: 'GenericError', desc: 'no such' } })}\n`);
      else if (execute !== 'silent') from.write(`${JSON.stringify({ id, return: { did: execute } })}\r\n`);
    }
  });
  const begun = qmp.begin();
  from.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
  return { from, qmp, events, begun };
}

test('a command is answered with what QEMU returned, also when an event comes first', async () => {
  const { from, qmp, events, begun } = session();
  await begun;
  from.write('{"event": "SHUTDOWN", "data": {"guest": true}, "timestamp": {}}\n');
  expect(await qmp.execute('query-status')).toEqual({ did: 'query-status' });
  expect(events).toEqual([{ event: 'SHUTDOWN', data: { guest: true } }]);
});

test('a refusal carries the reason', async () => {
  const { qmp, begun } = session();
  await begun;
  const error = await qmp.execute('bad').catch((e: unknown) => e);
  expect(QmpRefused.is(error) && error.message).toBe('QEMU refused bad: no such');
});

test('what waits fails when the stream ends, and so does what comes later', async () => {
  const { from, qmp, begun } = session();
  await begun;
  const waiting = qmp.execute('silent').catch((e: unknown) => e);
  from.destroy();
  expect(QmpGone.is(await waiting)).toBe(true);
  await expect(qmp.execute('query-status')).rejects.toThrow('it has ended');
});

test('a line without end is cut off, not kept', async () => {
  const { from, qmp, begun } = session();
  await begun;
  const waiting = qmp.execute('silent').catch((e: unknown) => e);
  from.write(Buffer.alloc((1 << 20) + 1, 0x20));
  expect(String(await waiting)).toContain('a line of more than 1048576 bytes');
});

test('messages are the same however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      (all, step) => {
        const bytes = Buffer.from(all.map((message) => `${JSON.stringify(message)}\n`).join(''));
        const heard: unknown[] = [];
        const parse = lineParser(1 << 16, (message) => heard.push(message));
        for (let at = 0; at < bytes.length; at += step) parse(bytes.subarray(at, at + step));
        expect(JSON.stringify(heard)).toBe(JSON.stringify(all));
      },
    ),
    { numRuns: 100 },
  );
});

test('random bytes end in an error or in nothing, never in a hang', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const heard: unknown[] = [];
      try {
        lineParser(256, (message) => heard.push(message))(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 200 },
  );
});
