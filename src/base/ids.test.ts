import { expect, test } from 'vitest';
import { isUuid, newRequestId, newToken, newUuid } from './ids.ts';

test('a new uuid is a uuid, and so is one without dashes', () => {
  const uuid = newUuid();
  expect(isUuid(uuid)).toBe(true);
  expect(isUuid(uuid.replaceAll('-', ''))).toBe(true);
  expect(isUuid(`${uuid}0`)).toBe(false);
});

test('an agent token of 32 bytes has the 43 characters that the agent insists on', () => {
  expect(newToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test('a request id is req- and a uuid', () => {
  expect(isUuid(newRequestId().slice(4))).toBe(true);
});
