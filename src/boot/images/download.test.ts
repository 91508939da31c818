import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Checksum } from './checksum.ts';
import { type DownloadOptions, downloadImage, type ImageSink, readImage } from './download.ts';
import { resolveChecksum } from './fetch-checksum.ts';
import { ImageClient } from './http-client.ts';
import { parseReference } from './reference.ts';

const image = Buffer.alloc(300_000, 'ingot ');
const sum = (bytes: Buffer): Checksum => ({
  algorithm: 'sha256',
  value: createHash('sha256').update(bytes).digest('hex'),
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answers: Answer[] = [];
const seen: IncomingMessage[] = [];
let server: Server;
let base = '';
const client = new ImageClient({ connectTimeout: 2_000, stallTimeout: 150, mostRedirects: 4 });

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request);
    (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

const whole: Answer = (_, response) => {
  response.writeHead(200, {
    'content-length': image.length,
    etag: '"one"',
    'content-type': 'application/octet-stream',
  });
  response.end(image);
};
const breaksOff =
  (after: number, headers = {}): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-length': image.length, ...headers });
    response.write(image.subarray(0, after), () => setImmediate(() => response.destroy()));
  };
const status =
  (code: number, headers = {}): Answer =>
  (_, response) =>
    void response.writeHead(code, headers).end('sorry');
const ranged: Answer = (request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
  response.writeHead(206, {
    'content-range': `bytes ${from}-${image.length - 1}/${image.length}`,
    'content-length': image.length - from,
  });
  response.end(image.subarray(from));
};

class Memory implements ImageSink {
  parts: Buffer[] = [];
  restarts = 0;
  async write(chunk: Uint8Array) {
    this.parts.push(Buffer.from(chunk));
  }
  async restart() {
    this.parts = [];
    this.restarts += 1;
  }
  get bytes() {
    return Buffer.concat(this.parts);
  }
}

async function fetch(given: Answer[], options: Partial<DownloadOptions> = {}, path = '/disk.raw') {
  answers = given;
  seen.length = 0;
  const reference = parseReference(base.replace('//', '//me:secret@') + path);
  if (reference.kind !== 'http') throw new Error('not http');
  const sink = new Memory();
  const pauses: number[] = [];
  const clock = { now: () => 0, sleep: async (ms: number) => void pauses.push(ms) };
  const got = downloadImage(reference, sink, { client, clock, expected: sum(image), attempts: 2, ...options });
  return { sink, pauses, got: await got };
}

test('an image is streamed once, with progress, its checksum and what it is', async () => {
  const told: [number, number | undefined][] = [];
  const { sink, got } = await fetch([whole], { onProgress: (done, total) => told.push([done, total]) });
  expect(sink.bytes.equals(image)).toBe(true);
  expect(got).toMatchObject({ etag: '"one"', url: `${base}/disk.raw`, checksum: sum(image) });
  expect(got.inspection).toMatchObject({ format: 'raw', size: image.length });
  expect(told.at(-1)).toEqual([image.length, image.length]);
  expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
});

test('an image of unknown length arrives too', async () => {
  const { sink } = await fetch([(_, response) => void response.writeHead(200).end(image)]);
  expect(sink.bytes.length).toBe(image.length);
});

test('a broken transfer goes on where it stopped', async () => {
  const { sink, pauses } = await fetch([breaksOff(100_000, { etag: '"a"' }), ranged]);
  expect(sink.bytes.equals(image)).toBe(true);
  expect(sink.restarts).toBe(0);
  expect(pauses).toEqual([1_000]);
  expect(seen[1]?.headers).toMatchObject({ range: 'bytes=100000-', 'if-range': '"a"' });
});

test('a broken transfer starts anew when the server has another image now, or no parts', async () => {
  const { sink } = await fetch([breaksOff(100_000, { etag: '"a"' }), whole]);
  expect(sink.bytes.equals(image)).toBe(true);
  expect(sink.restarts).toBe(1);
  expect((await fetch([breaksOff(100_000), whole])).sink.restarts).toBe(1);
});

test('a part that is no longer there makes it start anew', async () => {
  const { sink } = await fetch([breaksOff(100_000, { etag: '"a"' }), status(416), whole], { attempts: 3 });
  expect(sink.bytes.equals(image)).toBe(true);
  expect(sink.restarts).toBe(1);
});

test('a server that is in trouble for a moment is asked again', async () => {
  expect((await fetch([status(500), whole])).sink.bytes.equals(image)).toBe(true);
});

for (const [reason, given, tries] of [
  [/There is no image http:\/\/\*\*\*@.*: the server said 404\./, [status(404)], 1],
  [/the server said 403\./, [status(403)], 1],
  [/the server said 503\./, [status(503)], 2],
  [/broke off after 100000 of 300000 bytes/, [breaksOff(100_000)], 2],
  [/redirects, the last to/, [status(302, { location: '/again' })], 5],
  [/leads to file:\/\/\/etc\/passwd, and only http and https/, [status(301, { location: 'file:///etc/passwd' })], 1],
  [/said 302 without a Location/, [status(302)], 1],
  [/content encoding gzip/, [status(200, { 'content-encoding': 'gzip' })], 1],
] as const) {
  test(`the error says ${reason.source}`, async () => {
    const error = await fetch([...given]).catch((e: Error) => e);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(reason);
    expect((error as Error).message).not.toContain('secret');
    expect(seen.length).toBe(tries);
  });
}

test('another content is refused with both sums', async () => {
  const other = Buffer.from('<html>log in</html>');
  const given: Answer = (_, response) => void response.end(other);
  await expect(fetch([given])).rejects.toThrow(`after 19 bytes: expected ${sum(image).value}, got ${sum(other).value}`);
});

test('a server that falls silent is left after the stall time', async () => {
  const silent: Answer = (_, response) => {
    response.writeHead(200, { 'content-length': image.length });
    response.write(image.subarray(0, 1000));
  };
  await expect(fetch([silent], { attempts: 1 })).rejects.toThrow('stalled for 0.2 s after 1000 of 300000 bytes');
});

test('nobody answers: the error names the place', async () => {
  const reference = parseReference('http://127.0.0.1:1/x');
  if (reference.kind !== 'http') throw new Error();
  const clock = { now: () => 0, sleep: async () => {} };
  await expect(downloadImage(reference, new Memory(), { client, clock, attempts: 1 })).rejects.toThrow(
    'the server refuses connections (127.0.0.1 port 1)',
  );
});

test('an image larger than allowed is refused before and while it is read', async () => {
  await expect(fetch([whole], { maxBytes: 1000 })).rejects.toThrow('300000 bytes are more than the 1000 allowed');
  const chunked: Answer = (_, response) => void response.writeHead(200).end(image);
  await expect(fetch([chunked], { maxBytes: 1000 })).rejects.toThrow('more than the 1000 bytes allowed');
});

test('an aborted transfer ends with the reason of its signal', async () => {
  const abort = new AbortController();
  const silent: Answer = (_, response) => {
    response.writeHead(200, { 'content-length': image.length });
    response.write(image.subarray(0, 1000));
  };
  const got = fetch([silent], { signal: abort.signal, onProgress: () => abort.abort(new Error('undeployed')) });
  await expect(got).rejects.toThrow('undeployed');
});

test('a file that cannot be read, or is another one now, is told', async () => {
  const at = { path: fileURLToPath(import.meta.url), size: 5, mtimeMs: 0 };
  await expect(readImage(at, 'file:///x', undefined, {})).rejects.toThrow('changed while it was read');
  await expect(readImage({ ...at, path: '/nowhere' }, 'file:///x', undefined, {})).rejects.toThrow(
    'cannot be read (ENOENT)',
  );
});

test('credentials stay with the host that they were given for', async () => {
  const elsewhere: (string | string[] | undefined)[] = [];
  const other = createServer((request, response) => {
    elsewhere.push(request.headers.authorization, request.headers['x-auth-token']);
    response.end(image);
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const target = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/x`;
  const { got } = await fetch([status(302, { location: target })]);
  expect(got.url).toBe(target);
  const withProof = { url: `${base}/file`, shown: 'an image', proof: { 'X-Auth-Token': 't' } };
  answers = [status(302, { location: target })];
  seen.length = 0;
  await downloadImage(withProof, new Memory(), { client, clock: { now: () => 0, sleep: async () => {} } });
  expect(seen[0]?.headers['x-auth-token']).toBe('t');
  expect(elsewhere).toEqual([undefined, undefined, undefined, undefined]);
  other.closeAllConnections();
  other.close();
});

test('the checksum is found in a file on a server, and a file that is no such is refused', async () => {
  const reference = parseReference('http://host/disk.raw');
  const rules = { allowMd5: false, allowFiles: true };
  const ask = (answer: Answer) => {
    answers = [answer];
    return resolveChecksum({ is: 'file', url: `${base}/SHA256SUMS` }, reference, rules, client);
  };
  expect(await ask((_, r) => void r.end(`${sum(image).value} *disk.raw\n`))).toEqual(sum(image));
  await expect(ask((_, r) => void r.end('hello there\n'))).rejects.toThrow(
    /no line of it names disk\.raw with a SHA-256/,
  );
  await expect(ask((_, r) => void r.end(Buffer.alloc(2 << 20)))).rejects.toThrow('larger than 1048576 bytes');
  await expect(ask(status(404))).rejects.toThrow('the server said 404');
});
