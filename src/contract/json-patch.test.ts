import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPatch, type PatchOperation, readPatch } from './json-patch.ts';

const apply = (document: object, ...operations: object[]) => applyPatch(document, readPatch(operations));

test.each([
  ['adds a key', { extra: {} }, { op: 'add', path: '/extra/a', value: 1 }, { extra: { a: 1 } }],
  ['replaces a key', { extra: { a: 1 } }, { op: 'replace', path: '/extra/a', value: 2 }, { extra: { a: 2 } }],
  ['removes a key', { extra: { a: 1 } }, { op: 'remove', path: '/extra/a' }, { extra: {} }],
  ['adds at the end of a list', { l: { a: [1] } }, { op: 'add', path: '/l/a/-', value: 2 }, { l: { a: [1, 2] } }],
  ['adds before an item', { l: { a: [1] } }, { op: 'add', path: '/l/a/0', value: 0 }, { l: { a: [0, 1] } }],
  ['removes an item', { l: { a: [1, 2] } }, { op: 'remove', path: '/l/a/0' }, { l: { a: [2] } }],
  ['takes no notice of the value of a removal', { a: { b: 1 } }, { op: 'remove', path: '/a/b', value: 9 }, { a: {} }],
])('%s', (_what, before, operation, after) => {
  expect(apply(before, operation)).toEqual(after);
});

test.each([
  [{ op: 'replace', path: '/extra/z', value: 1 }],
  [{ op: 'remove', path: '/extra/z' }],
  [{ op: 'add', path: '/extra/q/r', value: 1 }],
  [{ op: 'add', path: '/extra/l/9', value: 1 }],
  [{ op: 'add', path: '/extra/l/01', value: 1 }],
  [{ op: 'add', path: '/extra/n' }],
  [{ op: 'add', path: '/extra/toString/x', value: 1 }],
])('%o cannot be applied', (operation) => {
  expect(() => apply({ extra: { l: [1] } }, operation)).toThrow(/cannot be applied/);
});

test.each([
  [{}],
  ['x'],
  [['x']],
  [[{ op: 'test', path: '/a', value: 1 }]],
  [[{ op: 'move', from: '/a', path: '/b' }]],
  [[{ path: '/a' }]],
  [[{ op: 'add', value: 1 }]],
  [[{ op: 'add', path: 'a', value: 1 }]],
  [[{ op: 'add', path: '/', value: 1 }]],
  [[{ op: 'add', path: '/a//b', value: 1 }]],
  [[{ op: 'add', path: '/a~1b', value: 1 }]],
  [[{ op: 'add', path: '/a', value: 1, z: 2 }]],
])('%o is no patch', (body) => {
  expect(() => readPatch(body)).toThrow();
});

test('a key called __proto__ is a key like any other', () => {
  const patched = apply({ extra: {} }, { op: 'add', path: '/extra/__proto__', value: { polluted: true } });
  expect(Object.keys((patched as { extra: object }).extra)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('the document that is patched stays as it was', () => {
  const before = { extra: { a: [1] } };
  apply(before, { op: 'add', path: '/extra/a/-', value: 2 });
  expect(before).toEqual({ extra: { a: [1] } });
});

test('whatever comes as a patch is read, or refused with 400', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      let patch: PatchOperation[] = [];
      try {
        patch = readPatch(body);
        applyPatch({ extra: {} }, patch);
      } catch (error) {
        expect(error).toMatchObject({ status: 400 });
      }
    }),
    { numRuns: 500 },
  );
});
