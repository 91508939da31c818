// Which checksum an image must have, by the fields of instance_info (Ironic's rules for sources that are not glance).

import { BadChecksumAlgorithm, BadImageSetting, ChecksumUrlRefused, MissingImageSetting } from './faults.ts';
import { maskedUrl } from './masked-url.ts';
import type { GlanceContent, ImageReference } from './reference.ts';

/** Hash algorithms by the length of their hexadecimal sum. */
const algorithms = { md5: 32, sha256: 64, sha384: 96, sha512: 128 } as const;
export type Algorithm = keyof typeof algorithms;

export interface Checksum {
  readonly algorithm: Algorithm;
  /** Hexadecimal, lower case. */
  readonly value: string;
}

/** Where the checksum comes from: at hand, in a file on a web server, or nowhere (files of our own disk only). */
export type ChecksumSource =
  | { readonly is: 'sum'; readonly checksum: Checksum }
  | { readonly is: 'file'; readonly url: string }
  | { readonly is: 'none' };

export interface ChecksumRules {
  /** `[agent]allow_md5_checksum` */
  readonly allowMd5: boolean;
  /** The opposite of `[conductor]disable_support_for_checksum_files`. */
  readonly allowFiles: boolean;
}

/** The fields of instance_info that these rules read. */
export interface ChecksumFields {
  readonly image_checksum?: unknown;
  readonly image_os_hash_algo?: unknown;
  readonly image_os_hash_value?: unknown;
}

const isAlgorithm = (name: string): name is Algorithm => Object.hasOwn(algorithms, name);

const guarded = (checksum: Checksum, rules: ChecksumRules, field: string): Checksum => {
  if (checksum.algorithm === 'md5' && !rules.allowMd5) {
    throw new BadChecksumAlgorithm({
      algorithm: 'md5',
      reason: `${field} is an MD5 sum, and [agent]allow_md5_checksum is false; give a SHA-256 or SHA-512 sum`,
    });
  }
  return checksum;
};

/** The checksum that a hexadecimal text stands for, by its length; undefined where it is none. */
export function checksumOf(text: string): Checksum | undefined {
  if (!/^[0-9a-f]+$/i.test(text)) return undefined;
  const found = Object.entries(algorithms).find(([, length]) => length === text.length);
  return found && { algorithm: found[0] as Algorithm, value: text.toLowerCase() };
}

function fromPair(algo: string, value: string, rules: ChecksumRules): ChecksumSource {
  const algorithm = algo.toLowerCase().replace('-', '');
  if (!isAlgorithm(algorithm)) {
    throw new BadChecksumAlgorithm({
      algorithm: algo,
      reason: `image_os_hash_algo is one of ${Object.keys(algorithms).join(', ')}`,
    });
  }
  if (checksumOf(value)?.algorithm !== algorithm) {
    throw new BadImageSetting({
      field: 'instance_info.image_os_hash_value',
      reason: `a ${algorithm} sum has ${algorithms[algorithm]} hexadecimal digits, this has ${value.length} characters`,
    });
  }
  return { is: 'sum', checksum: guarded({ algorithm, value: value.toLowerCase() }, rules, 'image_os_hash_value') };
}

function fromField(text: string, rules: ChecksumRules): ChecksumSource {
  if (/^https?:\/\//i.test(text)) {
    if (!rules.allowFiles) throw new ChecksumUrlRefused({ url: maskedUrl(text) });
    return { is: 'file', url: text };
  }
  const checksum = checksumOf(text.trim());
  if (checksum) return { is: 'sum', checksum: guarded(checksum, rules, 'image_checksum') };
  throw new BadImageSetting({
    field: 'instance_info.image_checksum',
    reason:
      'it is neither an MD5 (32 hexadecimal digits), SHA-256 (64) or SHA-512 (128) sum nor the URL of a checksum file',
  });
}

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The checksum that instance_info asks for. Throws when one is needed and missing, malformed or not allowed. */
export function checksumFor(
  reference: Pick<ImageReference | GlanceContent, 'kind' | 'shown'>,
  fields: ChecksumFields,
  rules: ChecksumRules,
): ChecksumSource {
  const algo = textIn(fields.image_os_hash_algo);
  const value = textIn(fields.image_os_hash_value);
  if (algo && value) return fromPair(algo, value, rules);
  const sum = textIn(fields.image_checksum);
  if (sum) return fromField(sum, rules);
  if (reference.kind !== 'http') return { is: 'none' };
  throw new MissingImageSetting({
    field: 'instance_info.image_checksum',
    reason: `${reference.shown} needs image_checksum, or image_os_hash_algo together with image_os_hash_value`,
  });
}
