// The header of a qcow2 image (QEMU, docs/interop/qcow2), read for what would make it unsafe or impossible to write.

/** Every incompatible feature that a writer of plain disks can cope with; the others are refused. */
const incompatible: readonly { readonly bit: bigint; readonly refuse?: string }[] = [
  { bit: 1n << 0n }, // dirty: the reference counts are rebuilt when it is read
  { bit: 1n << 1n, refuse: 'it is marked as corrupt' },
  { bit: 1n << 2n, refuse: 'it keeps its data in another file (external data file)' },
  { bit: 1n << 3n }, // another compression than deflate
  { bit: 1n << 4n }, // extended L2 entries
];

const dataFileName = 0x44415441;
const endOfExtensions = 0;
const headerLength = { 2: 72, 3: 104 } as const;

/** What a qcow2 header says: the size of the disk in bytes, and the reason to refuse it, if there is one. */
export interface Qcow2Facts {
  readonly virtualSize?: number;
  readonly problem?: string;
}

function featureProblem(bits: bigint): string | undefined {
  for (const { bit, refuse } of incompatible) if (refuse && (bits & bit) !== 0n) return refuse;
  const known = incompatible.reduce((all, { bit }) => all | bit, 0n);
  const unknown = bits & ~known;
  return unknown === 0n ? undefined : `it needs features that are unknown here (0x${unknown.toString(16)})`;
}

function extensionProblem(head: Buffer, from: number, end: number): string | undefined {
  for (let at = from; at + 8 <= end; ) {
    if (at + 8 > head.length) return `its header extensions do not end within ${head.length} bytes`;
    const type = head.readUInt32BE(at);
    const length = head.readUInt32BE(at + 4);
    if (type === endOfExtensions) return undefined;
    if (type === dataFileName) return 'it names another file for its data (external data file)';
    if (at + 8 + length > end) return 'a header extension is longer than the header';
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return undefined;
}

function headerProblem(head: Buffer, version: 2 | 3, clusterBits: number): string | undefined {
  if (head.readBigUInt64BE(8) !== 0n || head.readUInt32BE(16) !== 0) return 'it has a backing file';
  if (clusterBits < 9 || clusterBits > 21) return `its cluster size of 2^${clusterBits} is not within 2^9 to 2^21`;
  if (head.readUInt32BE(32) !== 0) return 'it is encrypted';
  const length = version === 3 ? head.readUInt32BE(100) : headerLength[2];
  if (length < headerLength[version] || length % 8 !== 0 || length > 2 ** clusterBits) {
    return `its header length of ${length} is impossible`;
  }
  return (
    (version === 3 ? featureProblem(head.readBigUInt64BE(72)) : undefined) ??
    extensionProblem(head, length, 2 ** clusterBits)
  );
}

/** Read the header of a qcow2 image from its first bytes. */
export function qcow2Facts(head: Buffer): Qcow2Facts {
  const version = head.length >= 8 ? head.readUInt32BE(4) : 0;
  if (version !== 2 && version !== 3) return { problem: `its qcow2 version ${version} is unknown` };
  if (head.length < headerLength[version]) return { problem: 'its qcow2 header is cut short' };
  const size = head.readBigUInt64BE(24);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) return { problem: `its disk size of ${size} bytes is impossible` };
  const problem = headerProblem(head, version, head.readUInt32BE(20));
  return { virtualSize: Number(size), ...(problem ? { problem } : {}) };
}
