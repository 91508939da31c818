import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksumFor } from './checksum.ts';
import { findChecksum } from './checksum-file.ts';
import { parseReference } from './reference.ts';

const web = parseReference('http://host/debian.qcow2');
const local = parseReference('file:///var/lib/ironic/x');
const md5 = 'A'.repeat(32);
const sha256 = 'b'.repeat(64);
const sha512 = 'c'.repeat(128);
const rules = { allowMd5: true, allowFiles: true };
const sum = (algorithm: string, value: string) => ({ is: 'sum', checksum: { algorithm, value } });

for (const [what, reference, fields, expected] of [
  ['md5', web, { image_checksum: md5 }, sum('md5', md5.toLowerCase())],
  ['sha256', web, { image_checksum: sha256 }, sum('sha256', sha256)],
  ['sha512', web, { image_checksum: sha512 }, sum('sha512', sha512)],
  ['the pair', web, { image_os_hash_algo: 'sha512', image_os_hash_value: sha512 }, sum('sha512', sha512)],
  [
    'the pair first',
    web,
    { image_checksum: md5, image_os_hash_algo: 'SHA256', image_os_hash_value: sha256 },
    sum('sha256', sha256),
  ],
  ['half a pair and a sum', web, { image_checksum: sha256, image_os_hash_algo: 'sha512' }, sum('sha256', sha256)],
  [
    'a checksum file',
    web,
    { image_checksum: 'https://host/SHA256SUMS' },
    { is: 'file', url: 'https://host/SHA256SUMS' },
  ],
  ['nothing, for a file', local, {}, { is: 'none' }],
  ['a sum, for a file', local, { image_checksum: sha256 }, sum('sha256', sha256)],
] as const) {
  test(`the checksum comes from ${what}`, () => expect(checksumFor(reference, fields, rules)).toEqual(expected));
}

for (const [reason, fields, change] of [
  ['needs image_checksum, or', {}, {}],
  ['needs image_checksum, or', { image_os_hash_algo: 'sha512' }, {}],
  ['needs image_checksum, or', { image_checksum: null }, {}],
  ['allow_md5_checksum', { image_checksum: md5 }, { allowMd5: false }],
  ['allow_md5_checksum', { image_os_hash_algo: 'md5', image_os_hash_value: md5 }, { allowMd5: false }],
  ['disable_support_for_checksum_files', { image_checksum: 'http://host/s' }, { allowFiles: false }],
  ['neither an MD5', { image_checksum: 'abc' }, {}],
  ['neither an MD5', { image_checksum: 'file:///etc/passwd' }, {}],
  ['128 hexadecimal digits', { image_os_hash_algo: 'sha512', image_os_hash_value: sha256 }, {}],
  ['crc32 cannot be used', { image_os_hash_algo: 'crc32', image_os_hash_value: 'abcdabcd' }, {}],
] as const) {
  test(`refused: ${reason} (${JSON.stringify(fields).slice(0, 50)})`, () =>
    expect(() => checksumFor(web, fields, { ...rules, ...change })).toThrow(reason));
}

const file = `# made by hand
${'1'.repeat(64)}  other.qcow2
${sha256} *debian.qcow2
MD5 (debian.iso) = ${md5}
SHA256 (path/debian.iso) = ${'d'.repeat(64)}
SHA512 (debian (2).iso) = ${sha512}
`;
for (const [what, text, name, found] of [
  ['a single word', `${sha256}\n`, 'anything', sha256],
  ['a marked line', file, 'debian.qcow2', sha256],
  ['a line of the image beside others', file, 'other.qcow2', '1'.repeat(64)],
  ['the strongest of BSD lines', file, 'debian.iso', 'd'.repeat(64)],
  ['a name with brackets', file, 'debian (2).iso', sha512],
  ['no line', file, 'qcow2', undefined],
  ['a commented line', `# ${sha256} x\n${sha256} y`, 'x', undefined],
  ['a path', `${sha256}  ./images/x`, 'x', sha256],
  ['lines of Windows', `${sha256}  x\r\n${sha256}  y\r\n`, 'x', sha256],
  ['a sum of odd length', `abc x\nabc y`, 'x', undefined],
] as const) {
  test(`in a checksum file, ${what} counts`, () => expect(findChecksum(text, name, true)?.value).toBe(found));
}

test('an MD5 line does not count where MD5 is not allowed', () => {
  expect(findChecksum(`${md5}  x\n${sha256}  x\n`, 'x', false)?.algorithm).toBe('sha256');
  expect(findChecksum(md5, 'x', false)).toBeUndefined();
});

test('any text is an answerable checksum file', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.string(), (text, name) => void findChecksum(text, name, true)),
  );
});

test('a long hostile line is answered at once', () => {
  for (const line of [`(${'('.repeat(50_000)}${')'.repeat(50_000)}`, `(x) ${'a'.repeat(900_000)}g`]) {
    expect(findChecksum(`${line}\nx y`, 'x', true)).toBeUndefined();
  }
});
