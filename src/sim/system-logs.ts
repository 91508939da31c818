import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** `text` as the file `name` in a gzipped tar archive (POSIX.1-1988 ustar), in base64: how agents hand out logs. */
export function systemLogs(name: string, text: string, now: number): string {
  const data = Buffer.from(text);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number) =>
    header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'ascii');
  header.write(name.slice(0, 99), 0);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(data.length, 124, 12);
  octal(Math.floor(now / 1000), 136, 12);
  header.write('        0', 148);
  header.write('ustar\x0000', 257, 'ascii');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  const padding = Buffer.alloc(((BLOCK - (data.length % BLOCK)) % BLOCK) + 2 * BLOCK);
  return gzipSync(Buffer.concat([header, data, padding])).toString('base64');
}
