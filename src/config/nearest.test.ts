import { expect, test } from 'vitest';
import { distance, nearest } from './nearest.ts';

for (const [a, b, edits] of [
  ['port', 'port', 0],
  ['prot', 'port', 1],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
] as const) {
  test(`${a || 'nothing'} and ${b} are ${edits} edits apart`, () => expect(distance(a, b)).toBe(edits));
}

test('the nearest name is found, and none where none is near', () => {
  const names = ['heartbeat_interval', 'heartbeat_timeout', 'port'];
  expect(nearest('heartbeet_timeouts', names)).toBe('heartbeat_timeout');
  expect(nearest('Port', names)).toBe('port');
  expect(nearest('something_else', names)).toBeUndefined();
});
