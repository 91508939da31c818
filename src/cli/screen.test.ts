import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { colourOfState, paint, screenOf } from './screen.ts';

const stream = (isTTY: boolean) =>
  Object.assign(new PassThrough(), { isTTY, columns: 0 }) as unknown as NodeJS.WriteStream;

for (const [where, isTTY, env, colours] of [
  ['a terminal', true, {}, true],
  ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ['a pipe', false, {}, false],
] as const) {
  test(`on ${where} there are ${colours ? '' : 'no '}colours`, () => {
    expect(screenOf(stream(isTTY), stream(isTTY), env).colours).toEqual({ out: colours, err: colours });
  });
}

test('a terminal that does not know its width is taken for a usual one', () => {
  expect(screenOf(stream(true), stream(true), {}).out.columns).toBe(100);
});

test('states are coloured by how the node fares', () => {
  expect(['active', 'clean failed', 'error', 'wait call-back', 'cleaning', 'enroll'].map(colourOfState)).toEqual([
    'green',
    'red',
    'red',
    'yellow',
    'yellow',
    'blue',
  ]);
  expect(paint(false, 'red', 'x')).toBe('x');
});
