const entryAt = [446, 462, 478, 494] as const;
const protective = 0xee;

/** Which partition table the first sectors of a disk hold: UEFI §5.3 (also with 4096-byte sectors), or a plain MBR. */
export function partitionTableIn(head: Buffer): 'gpt' | 'mbr' | undefined {
  if (head.length < 512 || head.readUInt16LE(510) !== 0xaa55) return undefined;
  // A FAT or NTFS boot sector carries the same mark; where a table would stand it has code.
  const entries = entryAt.map((at) => ({ flag: head[at]!, type: head[at + 4]!, sectors: head.readUInt32LE(at + 12) }));
  if (!entries.every((entry) => entry.flag === 0 || entry.flag === 0x80)) return undefined;
  const used = entries.filter((entry) => entry.type !== 0 && entry.sectors !== 0);
  if (used.length === 0) return undefined;
  const gpt = [512, 4096].some((at) => head.toString('latin1', at, at + 8) === 'EFI PART');
  return gpt && used.some((entry) => entry.type === protective) ? 'gpt' : 'mbr';
}
