import { expect, test } from 'vitest';
import { placesFrom } from './places.ts';

const text = (...args: Parameters<typeof placesFrom>) => placesFrom(...args).map((p) => `${p.address}:${p.port}`);

test('ports go upward on one address', () =>
  expect(text('127.0.0.1:6230', 3)).toEqual(['127.0.0.1:6230', '127.0.0.1:6231', '127.0.0.1:6232']));

test('port 0 is any free one, for each', () => expect(text('[::1]:0', 2)).toEqual(['::1:0', '::1:0']));

test('addresses go upward on one port, over the end of a byte', () =>
  expect(text('127.0.0.255:623', 2, 'addresses')).toEqual(['127.0.0.255:623', '127.0.1.0:623']));

for (const [place, count, spread, why] of [
  ['127.0.0.1', 1, 'ports', /ADDRESS:PORT/],
  ['127.0.0.1:65000', 1000, 'ports', /ports end/],
  ['10.0.0.1:623', 1, 'addresses', /within 127/],
  ['127.255.255.250:623', 10, 'addresses', /ends before/],
] as const) {
  test(`${count} from ${place} by ${spread} is refused`, () =>
    expect(() => placesFrom(place, count, spread)).toThrow(why));
}
