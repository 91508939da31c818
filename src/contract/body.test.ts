import { expect, test } from 'vitest';
import { readCreation } from './body.ts';
import { maskSecrets } from './masking.ts';
import { node } from './resources/node.ts';
import { port } from './resources/port.ts';
import { isNodeName, readFlag, readList } from './values.ts';

const statusOf = (work: () => unknown): number | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { status: number }).status;
  }
};

test.each([
  ['no driver', {}, 115, 400],
  ['a driver that is a number', { driver: 5 }, 115, 400],
  ['a field that there is not', { driver: 'd', colour: 'red' }, 115, 400],
  ['a field that cannot be given on creation', { driver: 'd', protected: true }, 47, 400],
  ['a field before its version', { driver: 'd', owner: 'o' }, 49, 406],
  ['a null before its version', { driver: 'd', owner: null }, 49, undefined],
  ['the same at its version', { driver: 'd', owner: 'o' }, 50, undefined],
  ['a UUID that is none', { driver: 'd', uuid: 'x' }, 115, 400],
  ['a flag that is none', { driver: 'd', retired: 'maybe' }, 115, 400],
  ['a description that is too long', { driver: 'd', description: 'x'.repeat(4097) }, 115, 400],
  ['a list in place of an object', [], 115, 400],
])('a node with %s', (_what, body, minor, status) => {
  expect(statusOf(() => readCreation(node, minor, body))).toBe(status);
});

test('values are kept in one form', () => {
  const body = { address: '52:54:00:AA:00:01', pxe_enabled: 'no', node_uuid: '0ad0d288-e0ae-5bfe-9598-b5dabd89ada0' };
  expect(readCreation(port, 115, body)).toMatchObject({ address: '52:54:00:aa:00:01', pxe_enabled: false });
});

test.each([
  ['nr-0', 115, true],
  ['a.b-c_d~e', 115, true],
  ['a.b-c_d~e', 9, false],
  ['a b', 115, false],
  ['', 115, false],
  ['x'.repeat(256), 115, false],
  ['12810955-43f0-5d48-926e-9dcb86152d35', 115, false],
  ['detail', 115, false],
])('whether a node may be called %o at 1.%i: %o', (name, minor, may) => {
  expect(isNodeName(name, minor)).toBe(may);
});

test.each([
  ['T', true],
  ['yes', true],
  [1, true],
  ['off', false],
  [false, false],
])('%o reads as %o', (value, flag) => {
  expect(readFlag('x', value)).toBe(flag);
});

test('a list in a query is trimmed, in lower case and without repetition', () => {
  expect(readList('UUID, name,uuid,')).toEqual(['uuid', 'name']);
});

test('secrets are masked at any depth, everything else is left alone', () => {
  const info = { ipmi_password: 'p', a: { AUTH_TOKEN: 't', b: 1 }, list: [{ secret: 's' }] };
  expect(maskSecrets(info)).toEqual({
    ipmi_password: '******',
    a: { AUTH_TOKEN: '******', b: 1 },
    list: [{ secret: '******' }],
  });
  const plain = { a: { b: [1] } };
  expect(maskSecrets(plain)).toBe(plain);
});
