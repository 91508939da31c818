// What the demonstration boots and writes: a stand-in for a kernel, a ramdisk, and a small disk image with its checksum.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface DemoFiles {
  readonly kernel: string;
  readonly ramdisk: string;
  readonly image: string;
  /** URL of the checksum file. */
  readonly checksum: string;
}

const folder = 'demo';
const imageName = 'demo-system.img';
const imageBytes = 8 * 1024 * 1024;

/** Where the files are found below the boot HTTP server at `httpUrl`. */
export function demoUrls(httpUrl: string): DemoFiles {
  const base = `${httpUrl}/${folder}`;
  return {
    kernel: `${base}/kernel`,
    ramdisk: `${base}/ramdisk`,
    image: `${base}/${imageName}`,
    checksum: `${base}/SHA256SUMS`,
  };
}

/** Write the files below `httpRoot`, unless they are there. */
export async function writeDemoFiles(httpRoot: string): Promise<void> {
  const place = join(httpRoot, folder);
  await mkdir(place, { recursive: true });
  const image = demoImage();
  const sum = createHash('sha256').update(image).digest('hex');
  const files: readonly [string, string | Buffer][] = [
    ['kernel', 'A simulated machine looks whether its kernel is there; it does not run it.\n'],
    ['ramdisk', 'A simulated machine brings the agent with it.\n'],
    [imageName, image],
    ['SHA256SUMS', `${sum}  ${imageName}\n`],
  ];
  for (const [name, content] of files) await writeUnlessSame(join(place, name), Buffer.from(content));
}

async function writeUnlessSame(file: string, content: Buffer): Promise<void> {
  const before = await readFile(file).catch(() => undefined);
  if (!before?.equals(content)) await writeFile(file, content);
}

/** A raw disk with one Linux partition in an MBR (partition entry at 446, signature at 510). */
function demoImage(): Buffer {
  const image = Buffer.alloc(imageBytes);
  image.write('A system for simulated machines. It boots nowhere else.\n', 4096);
  const [firstSector, sectors] = [2048, imageBytes / 512 - 2048];
  image[446] = 0x80;
  image[450] = 0x83;
  image.writeUInt32LE(firstSector, 454);
  image.writeUInt32LE(sectors, 458);
  image.writeUInt16LE(0xaa55, 510);
  return image;
}
