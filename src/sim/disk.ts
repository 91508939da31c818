/** The image that was written to a disk. */
export interface WrittenImage {
  readonly url: string;
  readonly bytes: number;
  /** Of what was downloaded, by the algorithm that the order named. */
  readonly algorithm: string;
  readonly checksum: string;
}

/** A simulated disk: it keeps what an agent wrote, as facts. */
export interface Disk {
  readonly device: string;
  readonly model: string;
  readonly bytes: number;
  readonly serial: string;
  readonly wwn: string;
  image: WrittenImage | null;
  /** The ISO as it was written, unpacked. */
  configDrive: Buffer | null;
  /** How often the disk, or its metadata, was erased. */
  erasures: number;
}

/** An empty disk number `index` (from 0) of the machine with the serial number `serial`. */
export function emptyDisk(serial: string, index: number, gibibytes = 64): Disk {
  return {
    device: `/dev/sd${String.fromCharCode(97 + index)}`,
    model: 'SIMDISK',
    bytes: gibibytes * 1024 ** 3,
    serial: `${serial}-D${index}`,
    wwn: `0x5000c5${serial.replace(/\D/g, '').padStart(8, '0')}${index.toString(16).padStart(2, '0')}`,
    image: null,
    configDrive: null,
    erasures: 0,
  };
}

export function erase(disk: Disk): void {
  disk.image = null;
  disk.configDrive = null;
  disk.erasures += 1;
}
