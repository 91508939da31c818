import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { selfSigned } from './self-signed.ts';

test('a certificate is its own issuer, names the address, and is good from an hour ago for 30 days', () => {
  const now = Date.UTC(2026, 5, 1);
  const { certificate, key } = selfSigned('127.0.0.1', now);
  const read = new X509Certificate(certificate);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(Date.parse(read.validFrom)).toBe(now - 3_600_000);
  expect(Date.parse(read.validTo)).toBe(now + 30 * 86_400_000);
  expect(key).toContain('PRIVATE KEY');
});
