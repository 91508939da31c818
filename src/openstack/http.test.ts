// The session options of a section: whose certificate is trusted, which one is shown, how long an answer may take.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfSigned } from '#sim/self-signed.ts';
import { ServiceUnreachable } from './errors.ts';
import { openHttp, type SessionOptions } from './http.ts';

const folder = mkdtempSync(join(tmpdir(), 'ingot-session-'));
const keep = (name: string, text: string) => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};
const [service, client, stranger] = [1, 2, 3].map(() => selfSigned('127.0.0.1', Date.now()));
const files = {
  ca: keep('ca.pem', service!.certificate),
  certificate: keep('client.pem', client!.certificate),
  key: keep('client.key', client!.key),
  both: keep('both.pem', client!.certificate + client!.key),
  otherKey: keep('other.key', stranger!.key),
  nonsense: keep('nonsense.pem', 'nothing'),
};

const server = createServer(
  {
    cert: service!.certificate,
    key: service!.key,
    ca: client!.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  },
  (request, response) => {
    if (request.url === '/never') return;
    response.end((request.socket as TLSSocket).authorized ? 'known' : 'unknown');
  },
);
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const nothing: SessionOptions = { cafile: null, certfile: null, keyfile: null, insecure: false, timeout: null };

async function ask(options: Partial<SessionOptions>, path = '/'): Promise<unknown> {
  const http = openHttp('nova', { ...nothing, ...options });
  try {
    return (await http.send({ method: 'GET', url: url + path })).text;
  } catch (error) {
    return error;
  } finally {
    await http.close();
  }
}

test.each([
  ['its CA', { cafile: files.ca }, 'unknown'],
  ['its CA, a certificate and a key', { cafile: files.ca, certfile: files.certificate, keyfile: files.key }, 'known'],
  ['its CA, and certificate and key in one file', { cafile: files.ca, certfile: files.both }, 'known'],
  ['insecure', { insecure: true }, 'unknown'],
])('a service is reached with %s', async (_, options, expected) => expect(await ask(options)).toBe(expected));

test('a service whose certificate nobody vouches for is not told anything', async () => {
  const error = await ask({});
  expect(ServiceUnreachable.is(error) && error.facts.mayHaveArrived).toBe(false);
  expect(String(error)).toContain(`[nova] GET ${url}/ got no answer: self-signed certificate`);
});

test('an answer that takes longer than timeout is not waited for', async () => {
  const error = await ask({ insecure: true, timeout: 0.2 }, '/never');
  expect(ServiceUnreachable.is(error) && error.facts.mayHaveArrived).toBe(true);
  expect(String(error)).toContain('no answer within 0.2 s');
});

test.each([
  [{ cafile: join(folder, 'nowhere') }, '[nova] cafile: the file'],
  [{ certfile: files.certificate, keyfile: files.otherKey }, '[nova] certfile: the file'],
  [{ certfile: files.nonsense }, '[nova] certfile: the file'],
])('%j cannot be used, and is told at once', (options, why) => {
  expect(() => openHttp('nova', { ...nothing, ...options })).toThrow(why);
});
