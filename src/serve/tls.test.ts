import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Orders } from '#api/orders.ts';
import { type Api, buildApi } from '#api/server.ts';
import { ManualClock, systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { selfSigned } from '#sim/self-signed.ts';
import { watchCertificate } from './tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'ingot-tls-'));
const files = {
  cert_file: join(folder, 'api.crt'),
  key_file: join(folder, 'api.key'),
  tls_minimum_version: '1.3',
  tls_ciphers: null,
};
const clock = new ManualClock();

function write(at: number, pair: { certificate: string; key: string }): void {
  writeFileSync(files.cert_file, pair.certificate);
  writeFileSync(files.key_file, pair.key, { mode: 0o600 });
  for (const file of [files.cert_file, files.key_file]) utimesSync(file, at, at);
  clock.advance(2_000);
}

const fresh = () => selfSigned('127.0.0.1', Date.now());
let db: Db;
let api: Api;
let port: number;

beforeAll(async () => {
  write(1, fresh());
  db = await openDb({ url: 'sqlite://:memory:', log: silent, clock: systemClock });
  const tls = watchCertificate(files, { clock, log: silent });
  api = buildApi({ db, orders: {} as Orders, clock: systemClock, log: silent, tls });
  port = await api.listen('127.0.0.1', 0);
});
afterAll(async () => {
  await api.close();
  await db.close();
  rmSync(folder, { recursive: true });
});

/** The fingerprint of the certificate that the API shows, and its answer at the root. */
function ask(more: object = {}): Promise<{ print: string; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/', agent: false, rejectUnauthorized: false, ...more };
    const sent = request(options, (response) => {
      const print = (response.socket as TLSSocket).getPeerCertificate().fingerprint256;
      let text = '';
      response.on('data', (part: Buffer) => {
        text += String(part);
      });
      response.on('end', () => resolve({ print, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('the API answers over TLS, and its links say so', async () => {
  const { text } = await ask();
  expect(JSON.parse(text).default_version.links[0].href).toBe(`https://127.0.0.1:${port}/v1/`);
});

test('an older version of TLS is refused', async () => {
  await expect(ask({ maxVersion: 'TLSv1.2' })).rejects.toThrow();
});

test('a new certificate holds from the next connection on; one that does not fit changes nothing', async () => {
  const before = (await ask()).print;
  write(2, fresh());
  const after = (await ask()).print;
  expect(after).not.toBe(before);
  write(3, { certificate: fresh().certificate, key: fresh().key });
  expect((await ask()).print).toBe(after);
  write(4, fresh());
  expect((await ask()).print).not.toBe(after);
});

test('who is connected stays connected while the certificate changes, and an answer under way comes to its end', async () => {
  const kept = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  const before = await ask({ agent: kept });
  const slow = ask({ agent: kept, path: '/v1' });
  write(5, fresh());
  const after = (await ask()).print;
  expect(after).not.toBe(before.print);
  expect((await slow).print).toBe(before.print);
  expect((await ask({ agent: kept })).print).toBe(before.print);
  kept.destroy();
});

test('a start with files that cannot be used ends with a sentence', () => {
  const missing = { ...files, cert_file: join(folder, 'nowhere.crt') };
  expect(() => watchCertificate(missing, { clock, log: silent })).toThrow('cannot serve TLS');
});
