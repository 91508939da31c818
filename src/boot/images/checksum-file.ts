// Checksum files as sha256sum, md5sum and BSD's tools write them; may be signed in clear text around it.

import { type Algorithm, type Checksum, checksumOf } from './checksum.ts';

const order: readonly Algorithm[] = ['sha512', 'sha384', 'sha256', 'md5'];

/** Longer lines are passed over: no checksum line is that long, and matching must stay cheap. */
const longestLine = 4096;

const baseName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

interface Line {
  readonly sum: string;
  readonly name: string;
}

/** One line: `<sum>  name`, `<sum> *name`, or BSD's `SHA256 (name) = <sum>`. */
function lineOf(text: string): Line | undefined {
  const gnu = /^\\?([0-9a-fA-F]+)[ \t]+\*?(.+)$/.exec(text);
  if (gnu) return { sum: gnu[1]!, name: gnu[2]!.trim() };
  const bsd = /^[^(]*\((.+)\)[^()]*?([0-9a-fA-F]+)$/.exec(text);
  return bsd ? { sum: bsd[2]!, name: bsd[1]!.trim() } : undefined;
}

/**
 * The checksum of the image called `name` (its base name) in a checksum file: a file of a single word is the sum, else
 * the line that names the image, the strongest where there are several. Undefined where it is not in the file.
 */
export function findChecksum(file: string, name: string, allowMd5: boolean): Checksum | undefined {
  const words = file.trim().split(/\s+/);
  const wanted = baseName(name);
  const lines = file.split(/\r?\n/).map((line) => line.trim());
  const candidates =
    words.length === 1
      ? [words[0]!]
      : lines
          .filter((line) => line !== '' && line.length <= longestLine && !line.startsWith('#'))
          .flatMap((line) => lineOf(line) ?? [])
          .filter((line) => baseName(line.name) === wanted)
          .map((line) => line.sum);
  const found = candidates.flatMap((sum) => checksumOf(sum) ?? []).filter((c) => allowMd5 || c.algorithm !== 'md5');
  return found.sort((a, b) => order.indexOf(a.algorithm) - order.indexOf(b.algorithm))[0];
}
