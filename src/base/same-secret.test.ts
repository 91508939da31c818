import { expect, test } from 'vitest';
import { sameSecret } from './same-secret.ts';

test.each([
  ['one', 'one', true],
  ['', '', true],
  ['one', 'two', false],
  ['one', 'ones', false],
  ['é', 'e', false],
  [undefined, 'one', false],
  ['one', undefined, false],
  [undefined, undefined, false],
])('%j and %j are the same: %s', (given, kept, expected) => expect(sameSecret(given, kept)).toBe(expected));
