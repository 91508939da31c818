// Kernel command lines as data, and how each boot program wants them written. Nothing that comes from the API may
// become a command of the script that it stands in.
import { defineError } from '#base/errors.ts';

export const BadKernelParameters = defineError(
  'BadKernelParameters',
  400,
  (p: { what: string; why: string }) => `The ${p.what} cannot be written into a boot file: ${p.why}.`,
);

/** The language of a boot file. */
export type Dialect = 'ipxe' | 'pxelinux' | 'grub';

const longestLine = 2048; // COMMAND_LINE_SIZE of x86

/** Words of `text` that may stand in a file of the dialect; BadKernelParameters names the word that may not. */
export function kernelWords(text: string, dialect: Dialect, what = 'kernel parameters'): string[] {
  const refuse = (why: string) => new BadKernelParameters({ what, why });
  if (/[^\x20-\x7e\t]/.test(text))
    throw refuse('it holds a line break, a control character or something else than ASCII');
  if (text.length > longestLine) throw refuse(`it is longer than ${longestLine} characters`);
  const words = text.split(/[ \t]+/).filter((word) => word !== '');
  for (const word of words) {
    const why = rules[dialect](word);
    if (why) throw refuse(`"${word}" ${why}`);
  }
  return words;
}

const rules: Readonly<Record<Dialect, (word: string) => string | undefined>> = {
  ipxe(word) {
    if (word === '||' || word === '&&' || word === ';') return 'would end the command in an iPXE script';
    if (word.startsWith('#')) return 'would begin a comment in an iPXE script';
    // Settings such as ${net0/mac} are useful (ip=${ip}:...); anything else behind $ would be an expansion unforeseen.
    return /\$\{/.test(word.replace(/\$\{[A-Za-z0-9_./:-]{1,64}\}/g, ''))
      ? 'has a $ and brace that iPXE would expand'
      : undefined;
  },
  pxelinux: () => undefined, // the rest of an APPEND line is taken as it is
  grub: (word) => (word.includes("'") ? "has a ', which ends a quotation in GRUB" : undefined),
};

/** The words as text behind the kernel's name in a file of the dialect. */
export function kernelLine(words: readonly string[], dialect: Dialect): string {
  return words
    .map((word) => (dialect === 'grub' && !/^[A-Za-z0-9_.,=/:@%+-]+$/.test(word) ? `'${word}'` : word))
    .join(' ');
}

/** An http(s) URL or path that may stand in a boot file as one word. */
export function fileWord(where: string, what: string): string {
  const fits = /^(https?:\/\/)?[A-Za-z0-9_.,=/:@%+~?&[\]-]+$/.test(where) && where.length <= 1024;
  if (fits) return where;
  throw new BadKernelParameters({ what, why: `"${where.slice(0, 100)}" is no URL or path without special characters` });
}
