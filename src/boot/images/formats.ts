// How image formats are told apart by their first bytes, as a table; what each is called follows qemu and Ironic.

/** The formats that are recognised. `gpt` is a raw disk with a partition table, GPT or MBR. */
export type ImageFormat =
  | 'raw'
  | 'gpt'
  | 'qcow2'
  | 'iso'
  | 'qcow'
  | 'qed'
  | 'vmdk'
  | 'vhd'
  | 'vhdx'
  | 'vdi'
  | 'luks'
  | 'dmg'
  | 'parallels';

interface Signature {
  readonly format: ImageFormat;
  readonly at: number;
  readonly bytes: Buffer;
}

const signature = (format: ImageFormat, at: number, text: string): Signature => ({
  format,
  at,
  bytes: Buffer.from(text, 'latin1'),
});

/** Container formats by their magic numbers. */
const signatures: readonly Signature[] = [
  signature('qcow2', 0, 'QFI\xfb\0\0\0\x02'),
  signature('qcow2', 0, 'QFI\xfb\0\0\0\x03'),
  signature('qcow', 0, 'QFI\xfb\0\0\0\x01'),
  signature('qed', 0, 'QED\0'),
  signature('vmdk', 0, 'KDMV'),
  signature('vmdk', 0, 'COWD'),
  signature('vmdk', 0, '# Disk DescriptorFile'),
  signature('vhd', 0, 'conectix'),
  signature('vhdx', 0, 'vhdxfile'),
  signature('vdi', 64, '\x7f\x10\xda\xbe'),
  signature('luks', 0, 'LUKS\xba\xbe'),
  signature('parallels', 0, 'WithoutFreeSpace'),
  signature('parallels', 0, 'WithouFreSpacExt'),
  signature('iso', 0x8001, 'CD001'),
];

/** Every container format whose magic number stands in `head`. */
export function formatsIn(head: Buffer): ImageFormat[] {
  const found = signatures.filter((s) => head.subarray(s.at, s.at + s.bytes.length).equals(s.bytes));
  const unknownQcow = head.toString('latin1', 0, 4) === 'QFI\xfb' && !found.some((s) => s.format.startsWith('qcow'));
  return [...new Set([...found.map((s) => s.format), ...(unknownQcow ? (['qcow2'] as const) : [])])];
}
