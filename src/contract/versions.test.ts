import { expect, test } from 'vitest';
import { UnsupportedVersion } from './errors.ts';
import { latest, minorAsked } from './versions.ts';

test.each([
  [undefined, undefined, 1],
  ['', undefined, 1],
  [' 1.5 ', undefined, 5],
  ['1.01', undefined, 1],
  ['LATEST', undefined, latest],
  ['1.115', undefined, 115],
  [undefined, 'baremetal 1.72', 72],
  [undefined, 'compute 2.90, baremetal latest', latest],
  [undefined, 'compute 2.90', 1],
  ['1.20', 'baremetal 1.72', 72],
  ['1.20', 'compute 2.90', 20],
  ['1. 20', undefined, 20],
  ['+1.+5', undefined, 5],
])('the headers %o and %o ask for 1.%i', (own, common, minor) => {
  expect(minorAsked(own, common)).toBe(minor);
});

test.each(['1.0', '0.9', '2.0', '1.9999', '1', 'abc', '1.x', '-1.5', '1.1.1', '1.116'])(
  'version %o is not acceptable',
  (text) => {
    expect(() => minorAsked(text)).toThrow(expect.toSatisfy(UnsupportedVersion.is));
  },
);
