import { expect, test } from 'vitest';
import { checksumInFile } from './image-write.ts';

const sum = 'ab'.repeat(32);
const other = 'cd'.repeat(32);
const url = 'https://images/debian.raw?x=1';

for (const [what, text] of [
  ['a single sum', `${sum.toUpperCase()}\n`],
  ['lines of sum and name', `${other}  other.raw\n${sum}  debian.raw\n`],
  ['a star for binary', `${other} *other.raw\n${sum} *debian.raw\n`],
  ['the BSD form', `# made today\nSHA256 (other.raw) = ${other}\nSHA256 (debian.raw) = ${sum}\n`],
] as const) {
  test(`a checksum file with ${what} gives the image's sum`, () => expect(checksumInFile(text, url)).toBe(sum));
}

test('a checksum file without the image is refused', () =>
  expect(() => checksumInFile(`${other}  other.raw\n${other}  more.raw`, url)).toThrow(/does not name debian\.raw/));
