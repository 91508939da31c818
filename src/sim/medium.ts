// What a medium boots, as far as a machine without processors can tell: the kernel's command line in its boot menu.
import { open } from 'node:fs/promises';

const piece = 1 << 20;
/** Long enough for a menu entry that lies across two pieces. */
const overlap = 8192;
const menuEntries = [/\n\s*linux \/vmlinuz ([^\n]*)\n/, /\n\s*APPEND initrd=\/initrd ([^\n]*)\n/];

/** The command line of the kernel that the image `file` boots, or undefined where it has no menu that can be read. */
export async function commandLineOf(file: string): Promise<string | undefined> {
  await using image = await open(file);
  const buffer = Buffer.alloc(piece + overlap);
  for (let at = 0; ; at += piece) {
    const { bytesRead } = await image.read(buffer, 0, piece + overlap, at);
    if (bytesRead === 0) return undefined;
    const text = buffer.toString('latin1', 0, bytesRead);
    for (const entry of menuEntries) {
      const found = entry.exec(text)?.[1]?.trim();
      if (found) return found;
    }
    if (bytesRead < piece) return undefined;
  }
}
