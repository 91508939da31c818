// Looks into an image while it streams by: its first 64 KiB and its last 512 bytes say what it is.

import { BadImageContent } from './faults.ts';
import { formatsIn, type ImageFormat } from './formats.ts';
import { partitionTableIn } from './partition-table.ts';
import { qcow2Facts } from './qcow2.ts';

/** What an image is. Sizes in bytes; `virtualSize` is what it takes on the disk, where that is known. */
export interface Inspection {
  readonly format: ImageFormat;
  readonly table?: 'gpt' | 'mbr';
  readonly size: number;
  readonly virtualSize?: number;
  /** Why it must not be used, whatever it was declared to be. */
  readonly problem?: string;
}

/** What may be deployed. */
export interface FormatRules {
  /** `image_disk_format`, when given. */
  readonly declared?: string | null | undefined;
  /** `[conductor]permitted_image_formats`. */
  readonly permitted: readonly string[];
}

const headSize = 65536;
const footerSize = 512;

/** A fixed VHD is a raw disk with a footer whose bytes sum up to the complement of the number in it. */
function isVhdFooter(footer: Buffer): boolean {
  if (footer.length !== footerSize || footer.toString('latin1', 0, 8) !== 'conectix') return false;
  let sum = 0;
  for (let at = 0; at < footerSize; at += 1) if (at < 64 || at > 67) sum += footer[at]!;
  return footer.readUInt32BE(64) === ~sum >>> 0;
}

/** DMG images end with a block that begins with `koly`. */
const isDmgTrailer = (footer: Buffer): boolean =>
  footer.length === footerSize && footer.toString('latin1', 0, 4) === 'koly';

function formatOf(head: Buffer, footer: Buffer): { format: ImageFormat; problem?: string } {
  const [first, ...others] = formatsIn(head);
  if (first && others.length > 0) {
    return { format: first, problem: `it looks like ${[first, ...others].join(' and ')} at the same time` };
  }
  if (first) return { format: first };
  if (isVhdFooter(footer)) return { format: 'vhd' };
  if (isDmgTrailer(footer)) return { format: 'dmg' };
  return { format: partitionTableIn(head) ? 'gpt' : 'raw' };
}

/** What an image of `size` bytes is, by its first 64 KiB and its last 512 bytes. */
export function inspectEnds(head: Buffer, footer: Buffer, size: number): Inspection {
  const found = formatOf(head, footer);
  const table = found.format === 'gpt' || found.format === 'iso' ? partitionTableIn(head) : undefined;
  const base = { ...found, ...(table ? { table } : {}), size };
  if (found.format === 'qcow2') return { ...base, ...qcow2Facts(head), ...(found.problem ? found : {}) };
  const plain = found.format === 'raw' || found.format === 'gpt' || found.format === 'iso';
  const empty = size === 0 ? { problem: 'it is empty' } : {};
  return plain ? { ...base, virtualSize: size, ...empty } : base;
}

/** Takes an image piece by piece and says at the end what it is; never keeps more than 65 KiB. */
export class ImageInspector {
  #head = Buffer.alloc(headSize);
  #footer = Buffer.alloc(0);
  #size = 0;

  feed(chunk: Uint8Array): void {
    if (this.#size < headSize) this.#head.set(chunk.subarray(0, headSize - this.#size), this.#size);
    const end = chunk.subarray(Math.max(0, chunk.length - footerSize));
    this.#footer = Buffer.concat([
      this.#footer.subarray(Math.max(0, this.#footer.length + end.length - footerSize)),
      end,
    ]);
    this.#size += chunk.length;
  }

  finish(): Inspection {
    return inspectEnds(this.#head.subarray(0, Math.min(this.#size, headSize)), this.#footer, this.#size);
  }
}

/** Whether a declared format stands for a detected one: raw disks may or may not have a partition table. */
function agrees(declared: string, found: Inspection): boolean {
  if (declared === found.format) return true;
  const rawDisk =
    found.format === 'raw' || found.format === 'gpt' || (found.format === 'iso' && found.table !== undefined);
  return rawDisk && (declared === 'raw' || (declared === 'gpt' && found.table !== undefined));
}

/** Refuse what may not be deployed: unsafe content, a format not permitted, another one than declared. */
export function judgeContent(image: string, found: Inspection, rules: FormatRules): void {
  const refuse = (reason: string) => {
    throw new BadImageContent({ image, reason });
  };
  const named = `${found.format}${found.table ? ` (with ${found.table.toUpperCase()})` : ''}`;
  if (found.problem) refuse(`it is ${found.format}, and ${found.problem}`);
  if (!rules.permitted.includes(found.format)) {
    refuse(`its format is ${named}, but [conductor]permitted_image_formats has only ${rules.permitted.join(', ')}`);
  }
  const declared = rules.declared?.toLowerCase();
  if (declared && !agrees(declared, found)) {
    refuse(`image_disk_format says ${declared}, but its content is ${named}`);
  }
}
