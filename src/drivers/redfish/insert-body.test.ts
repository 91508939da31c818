import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { idsIn, saidBy } from '#protocols/redfish/errors.ts';
import { firstInsertBody, nextInsertBody } from './insert-body.ts';

const samples = resolve(import.meta.dirname, '../../../../shared/reference/redfish/samples/generic-dmtf-style/sushy');
const first = firstInsertBody('http://a/b.iso');

test.each([
  ['transfer_method_required_error.json', { TransferMethod: 'Stream' }],
  ['credentials_required_error.json', { UserName: 'none', Password: 'none' }],
])('%s is answered with what it misses', (file, adds) => {
  const path = join(samples, file);
  if (!existsSync(path)) return console.warn(`not run: ${path} is not there`);
  const text = readFileSync(path, 'utf8');
  expect(nextInsertBody(first, { status: 400, why: saidBy(text), ids: idsIn(text) })).toEqual({ ...first, ...adds });
});

test.each([
  ['The property TransferProtocolType is missing.', 400, { ...first, TransferProtocolType: 'HTTP' }],
  ['The parameter Inserted is not supported.', 400, { Image: 'http://a/b.iso' }],
  ['The image does not exist.', 400, undefined],
  ['Busy.', 503, undefined],
])('%s (%i)', (why, status, next) => expect(nextInsertBody(first, { status, why, ids: [] })).toEqual(next));

test('what was mended already is not mended again', () => {
  const why = 'TransferMethod is missing';
  const next = nextInsertBody(first, { status: 400, why, ids: [] })!;
  expect(nextInsertBody(next, { status: 400, why, ids: [] })).toBeUndefined();
});
