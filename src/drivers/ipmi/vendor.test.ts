import { expect, test } from 'vitest';
import { rawBytesOf } from './vendor.ts';

test.each([
  ['0x06 0x01', [6, 1]],
  ['0x00,0x08, 3', [0, 8, 3]],
  ['6 255', [6, 255]],
])('%j is bytes', (text, bytes) => expect([...rawBytesOf(text)]).toEqual(bytes));

test.each([[undefined], [''], ['0x06'], ['0x06 0x100'], ['6 256'], ['6 -1'], ['six one'], ['0x06; reboot']])(
  '%j is refused',
  (text) => expect(() => rawBytesOf(text)).toThrow(/raw_bytes/),
);
