import { expect, test } from 'vitest';
import { afterStart, BootParameters, readFlags } from './boot-parameters.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array | undefined) => Buffer.from(data ?? []).toString('hex');

for (const [data, means, after] of [
  ['8004000000', { valid: true, persistent: false, efi: false, device: 'pxe' }, '0004000000'],
  ['c008000000', { valid: true, persistent: true, efi: false, device: 'disk' }, 'c008000000'],
  ['a004000000', { valid: true, persistent: false, efi: true, device: 'pxe' }, '2004000000'],
  ['e024000000', { valid: true, persistent: true, efi: true, device: 'disk' }, 'e024000000'],
  ['8014000000', { valid: true, persistent: false, efi: false, device: 'cdrom' }, '0014000000'],
  ['8018000000', { valid: true, persistent: false, efi: false, device: 'bios' }, '0018000000'],
  ['8000000000', { valid: true, persistent: false, efi: false }, '0000000000'],
  ['0004000000', { valid: false, persistent: false, efi: false, device: 'pxe' }, '0004000000'],
] as const) {
  test(`boot flags ${data} mean ${JSON.stringify(means)}, and are ${after} after a start`, () => {
    expect(readFlags(bytes(data))).toEqual(means);
    expect(hex(afterStart(bytes(data)))).toBe(after);
  });
}

test('parameters are kept bit for bit', () => {
  const parameters = new BootParameters(() => 0);
  parameters.set(5, bytes('e0047f8001')).set(96, bytes('0102'));
  expect(hex(parameters.get(5))).toBe('e0047f8001');
  expect(hex(parameters.get(96))).toBe('0102');
  expect(parameters.get(3)).toBeUndefined();
});

for (const [what, clearing, flags, later] of [
  ['a one-time order is void after 60 s', null, '8004000000', '0004000000'],
  ['with parameter 3 bit 3 it stays', '08', '8004000000', '8004000000'],
  ['other bits of parameter 3 do not keep it', '17', '8004000000', '0004000000'],
  ['a persistent order stays', null, 'c004000000', 'c004000000'],
] as const) {
  test(what, () => {
    let now = 1_000;
    const parameters = new BootParameters(() => now);
    if (clearing) parameters.set(3, bytes(clearing));
    parameters.set(5, bytes(flags));
    now = 60_999;
    expect(hex(parameters.get(5))).toBe(flags);
    now = 61_000;
    expect(hex(parameters.get(5))).toBe(later);
  });
}

test('a start uses a one-time order up, once', () => {
  const parameters = new BootParameters(() => 0);
  parameters.set(5, bytes('8004000000'));
  expect(parameters.use().valid).toBe(true);
  expect(parameters.use().valid).toBe(false);
});

test('what is saved is restored, and every change is told', () => {
  let changes = 0;
  const parameters = new BootParameters(
    () => 0,
    () => (changes += 1),
  );
  parameters.set(5, bytes('e008000000')).set(3, bytes('08'));
  const other = new BootParameters(() => 0);
  other.restore(parameters.save());
  expect(other.save()).toEqual({ 3: '08', 5: 'e008000000' });
  expect(changes).toBe(2);
});
