import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { inMemory } from '../served-file.ts';
import type { BootEvent } from '../timeline/boot-event.ts';
import { Whereabouts } from '../whereabouts.ts';
import { answerFor, etagOf } from './conditions.ts';
import { type BootHttp, listenHttp, nameIn } from './server.ts';

const modified = new Date('2026-01-02T03:04:05.600Z');
const facts = { size: 1000, etag: etagOf(1000, modified), modified };
const whole = { status: 200, from: 0, to: 1000 };
describe('what is sent of 1000 bytes', () => {
  for (const [heads, expected] of [
    [{}, whole],
    [{ range: 'bytes=0-99' }, { status: 206, from: 0, to: 100 }],
    [{ range: 'bytes=900-' }, { status: 206, from: 900, to: 1000 }],
    [{ range: 'bytes=-10' }, { status: 206, from: 990, to: 1000 }],
    [{ range: 'bytes=-5000' }, { status: 206, from: 0, to: 1000 }],
    [{ range: 'bytes=990-5000' }, { status: 206, from: 990, to: 1000 }],
    [{ range: 'bytes=1000-' }, { status: 416 }],
    [{ range: 'bytes=-0' }, { status: 416 }],
    [{ range: 'bytes=5-4' }, whole],
    [{ range: 'bytes=-' }, whole],
    [{ range: 'bytes=0-1,5-6' }, whole],
    [{ range: 'lines=0-1' }, whole],
    [
      { range: 'bytes=0-1', 'if-range': facts.etag },
      { status: 206, from: 0, to: 2 },
    ],
    [{ range: 'bytes=0-1', 'if-range': '"other"' }, whole],
    [
      { range: 'bytes=0-1', 'if-range': 'Fri, 02 Jan 2026 03:04:05 GMT' },
      { status: 206, from: 0, to: 2 },
    ],
    [{ 'if-none-match': `"a", W/${facts.etag}` }, { status: 304 }],
    [{ 'if-none-match': '"a"', 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }, whole],
    [{ 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }, { status: 304 }],
    [{ 'if-modified-since': 'Fri, 02 Jan 2026 03:04:04 GMT' }, whole],
    [{ 'if-modified-since': 'yesterday' }, whole],
  ] as const) {
    test(`${JSON.stringify(heads)}: ${JSON.stringify(expected)}`, () =>
      expect(answerFor(heads, facts)).toEqual(expected));
  }
});

for (const [target, name] of [
  ['/boot.ipxe', 'boot.ipxe'],
  ['/a%20b/c?x=/../d#e', 'a b/c'],
  ['http://10.0.0.1:8080/a/b', 'a/b'],
  ['/%2e%2e/etc/passwd', undefined],
  ['/..%2fetc%2fpasswd', undefined],
  ['/..%5cetc', undefined],
  ['/a%00b', undefined],
  ['/%zz', undefined],
  ['/', undefined],
  ['*', '*'],
] as const) {
  test(`${target} asks for ${name ?? 'nothing'}`, () => expect(nameIn(target)).toBe(name));
}

describe('over a socket', () => {
  const big = randomBytes(3_000_000);
  const events: BootEvent[] = [];
  let server: BootHttp;
  beforeAll(async () => {
    server = await listenHttp(
      { address: '127.0.0.1', port: 0 },
      {
        files: async (name) => {
          if (name === 'broken') throw new Error('disk error');
          return name === 'big'
            ? inMemory(big, modified)
            : name === 'shrunk'
              ? { ...inMemory('ab'), size: 10 }
              : undefined;
        },
        whereabouts: new Whereabouts(),
        onBootEvent: (event) => events.push(event),
        clock: systemClock,
        log: silent,
      },
    );
  });
  afterAll(() => server.close());
  const url = (name: string) => `http://127.0.0.1:${server.port}/${name}`;

  /** Sends the text as it is and gives back what came until the connection ended. */
  const raw = (request: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = net.connect(server.port, '127.0.0.1', () => socket.write(request));
      let got = '';
      socket.on('data', (piece) => {
        got += piece;
      });
      socket.on('close', () => resolve(got));
      socket.on('error', reject);
    });

  test('a file comes whole, with its length and kind', async () => {
    const response = await fetch(url('big'));
    expect(response.headers.get('content-length')).toBe('3000000');
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(await response.arrayBuffer()).equals(big)).toBe(true);
  });

  test('HEAD, a range and an unchanged file are answered as asked', async () => {
    const head = await fetch(url('big'), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '3000000', '']);
    const part = await fetch(url('big'), { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 10-19/3000000']);
    expect(Buffer.from(await part.arrayBuffer()).equals(big.subarray(10, 20))).toBe(true);
    const same = await fetch(url('big'), { headers: { 'if-none-match': head.headers.get('etag') ?? '' } });
    expect(same.status).toBe(304);
  });

  for (const [method, name, status] of [
    ['GET', 'nosuch', 404],
    ['HEAD', 'nosuch', 404],
    ['POST', 'big', 405],
    ['DELETE', 'big', 405],
    ['GET', 'broken', 500],
  ] as const) {
    test(`${method} /${name} is ${status}`, async () => {
      expect((await fetch(url(name), { method })).status).toBe(status);
    });
  }

  test('several requests go over one connection', async () => {
    const request = 'HEAD /big HTTP/1.1\r\nHost: x\r\n\r\n';
    const got = await raw(`${request}${request}${request.replace('Host: x', 'Host: x\r\nConnection: close')}`);
    expect(got.match(/HTTP\/1.1 200 OK/g)).toHaveLength(3);
  });

  test('nonsense is answered with 400, and a reset in the middle harms nobody', async () => {
    expect(await raw('\x16\x03\x01 what\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
    const before = events.length;
    const socket = net.connect(server.port, '127.0.0.1', () => {
      socket.write('GET /huge HTTP/1.1\r\nHost: x\r\n\r\n');
      socket.once('data', () => socket.resetAndDestroy());
    });
    await vi.waitFor(() => expect(events.slice(before)).toMatchObject([{ kind: 'http-failed', path: 'huge' }]));
    expect((await fetch(url('big'), { method: 'HEAD' })).status).toBe(200);
  });

  test('a file that became shorter ends the connection instead of lying about its length', async () => {
    await expect(fetch(url('shrunk')).then((r) => r.text())).rejects.toThrow();
  });

  test('a port that is in use is named in the error', async () => {
    const parts = {
      files: async () => undefined,
      whereabouts: new Whereabouts(),
      onBootEvent() {},
      clock: systemClock,
      log: silent,
    };
    await expect(listenHttp({ address: '127.0.0.1', port: server.port }, parts)).rejects.toThrow(
      /another program has this port/,
    );
  });
});
