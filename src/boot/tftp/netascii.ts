import { inMemory, type ServedFile } from '../served-file.ts';

const longest = 1024 * 1024;

/** The file as RFC 764 text (LF as CR LF, CR as CR NUL), or undefined where it is too long to be one. */
export async function asNetascii(file: ServedFile): Promise<ServedFile | undefined> {
  if (file.size > longest) return undefined;
  const text = (await file.read(0, file.size)).toString('latin1');
  const changed = text.replace(/[\r\n]/g, (char) => (char === '\n' ? '\r\n' : '\r\0'));
  return { ...inMemory(Buffer.from(changed, 'latin1'), file.modified), close: () => file.close() };
}
