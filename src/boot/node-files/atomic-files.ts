// Files and links that readers see either as they were or as they are to be.
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, link, mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

const beside = (target: string): string =>
  path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}`);

async function replace(target: string, make: (temporary: string) => Promise<unknown>): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const temporary = beside(target);
  try {
    await make(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // rename() of a hard link onto another name of the same file does nothing and leaves both.
  await rm(temporary, { force: true });
}

/** Writes the file, in place of one that may be there. */
export const writeWhole = (target: string, content: string | Buffer, mode = 0o644): Promise<void> =>
  replace(target, async (temporary) => {
    await writeFile(temporary, content, { mode });
    await chmod(temporary, mode); // whatever the umask says: the TFTP server may run as somebody else
  });

/** Makes `target` a symbolic link to `to` (relative to its folder). */
export const linkTo = (target: string, to: string): Promise<void> => replace(target, (name) => symlink(to, name));

/** Makes the file `source` appear at `target`: a hard link where both are on one file system, else a copy. */
export const place = (source: string, target: string): Promise<void> =>
  replace(target, async (temporary) => {
    try {
      await link(source, temporary);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'EMLINK') throw error;
      await copyFile(source, temporary);
    }
  });

/** Removes `target` where it is a symbolic link into the folder `owner`. */
export async function unlinkOf(target: string, owner: string): Promise<void> {
  const to = await readlink(target).catch(() => undefined);
  if (to?.split('/').includes(owner)) await rm(target, { force: true });
}
