// Writing an image as the agent does: download, verify, keep what was written; then the config drive.
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { defineError } from '#base/errors.ts';
import type { Disk, WrittenImage } from './disk.ts';
import type { Hardware } from './hardware.ts';

interface ImageInfo {
  readonly id?: string;
  readonly urls?: readonly string[];
  readonly checksum?: string | null;
  readonly os_hash_algo?: string | null;
  readonly os_hash_value?: string | null;
  readonly image_request_authorization?: string;
}

export interface ImageOrder {
  readonly image_info?: ImageInfo;
  /** Base64 of an ISO, packed by gzip or not, or the URL of such a text. */
  readonly configdrive?: string | null;
}

export interface ImageWork {
  readonly http: Dispatcher;
  readonly signal: AbortSignal;
}

const ImageDownloadError = defineError(
  'ImageDownloadError',
  500,
  ({ url, why }: { url: string; why: string }) => `Downloading the image from ${url} failed: ${why}`,
);
const ImageChecksumError = defineError(
  'ImageChecksumError',
  500,
  (p: { id: string; wanted: string; found: string }) =>
    `Image ${p.id} was not written as ordered: its checksum is ${p.found}, ${p.wanted} was expected`,
);
export const InvalidCommandParams = defineError(
  'InvalidCommandParamsError',
  400,
  ({ why }: { why: string }) => `The command's parameters cannot be used: ${why}`,
);

const byLength: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 96: 'sha384', 128: 'sha512' };

/** Write the image that `order` names to the root disk, and tell what was done. */
export async function writeImage(work: ImageWork, hardware: Hardware, order: ImageOrder): Promise<string> {
  const info = order.image_info;
  const [disk] = hardware.disks;
  if (!disk) throw new InvalidCommandParams({ why: 'the machine has no disk' });
  if (!info?.id) throw new InvalidCommandParams({ why: "image_info has no 'id'" });
  const url = info.urls?.[0];
  if (!url) throw new InvalidCommandParams({ why: "image_info has no 'urls'" });
  const { algorithm, value } = await wantedChecksum(work, info, url);
  hardware.console.line(`write_image: ${url} to ${disk.device}`);
  const image = await download(work, info, url, algorithm, (percent) =>
    hardware.console.line(`write_image: ${percent} %`),
  );
  if (image.checksum !== value) throw new ImageChecksumError({ id: info.id, wanted: value, found: image.checksum });
  await keep(work, disk, image, order.configdrive);
  hardware.changed();
  hardware.console.line(`write_image: ${image.bytes} bytes written, ${algorithm} ${image.checksum}`);
  return `image (${info.id}) written to device ${disk.device}`;
}

async function keep(work: ImageWork, disk: Disk, image: WrittenImage, configDrive: string | null | undefined) {
  const drive = configDrive ? await readConfigDrive(work, configDrive) : null;
  work.signal.throwIfAborted();
  disk.image = image;
  disk.configDrive = drive;
}

async function wantedChecksum(work: ImageWork, info: ImageInfo, url: string) {
  if (info.os_hash_algo && info.os_hash_value) return { algorithm: info.os_hash_algo, value: info.os_hash_value };
  const text = info.checksum ?? '';
  const value = /^https?:/.test(text) ? checksumInFile(await fetchText(work, text), url) : text.toLowerCase();
  const algorithm = byLength[value.length];
  if (!algorithm || algorithm === 'md5') throw new InvalidCommandParams({ why: 'image_info has no usable checksum' });
  return { algorithm, value };
}

/** The sum for the file that `url` names, out of a checksum file: one word, `SUM [*]NAME`, or `KIND (NAME) = SUM`. */
export function checksumInFile(text: string, url: string): string {
  const name = new URL(url).pathname.split('/').at(-1) ?? '';
  const lines = text.split(/\r?\n/).filter((line) => line.trim() && !line.startsWith('#'));
  if (lines.length === 1 && /^\s*[0-9a-f]+\s*$/i.test(lines[0]!)) return lines[0]!.trim().toLowerCase();
  for (const line of lines) {
    const plain = /^([0-9a-f]{32,128})\s+\*?(.+?)\s*$/i.exec(line);
    if (plain?.[2] === name) return plain[1]!.toLowerCase();
    const named = /\((.+?)\).*?([0-9a-f]{32,128})\s*$/i.exec(line);
    if (named?.[1] === name) return named[2]!.toLowerCase();
  }
  throw new InvalidCommandParams({ why: `the checksum file does not name ${name}` });
}

async function ask({ http, signal }: ImageWork, url: string, headers: Record<string, string> = {}) {
  try {
    const reply = await request(url, { dispatcher: http, signal, headers, bodyTimeout: 60_000 });
    if (reply.statusCode === 200) return reply;
    await reply.body.dump();
    throw new Error(`HTTP ${reply.statusCode}`);
  } catch (error) {
    signal.throwIfAborted();
    throw new ImageDownloadError({ url, why: (error as Error).message }, { cause: error });
  }
}

const fetchText = async (work: ImageWork, url: string): Promise<string> => (await ask(work, url)).body.text();

async function download(
  work: ImageWork,
  info: ImageInfo,
  url: string,
  algorithm: string,
  progress: (percent: number) => void,
): Promise<WrittenImage> {
  const basic = info.image_request_authorization;
  const reply = await ask(work, url, basic ? { authorization: `Basic ${basic}` } : {});
  const total = Number(reply.headers['content-length'] ?? 0);
  const hash = createHash(algorithm);
  let bytes = 0;
  let told = 0;
  try {
    for await (const chunk of reply.body) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      const percent = total ? Math.floor((bytes / total) * 10) * 10 : 0;
      if (percent > told) progress(percent);
      told = percent;
    }
  } catch (error) {
    work.signal.throwIfAborted();
    const why = `broken off after ${bytes}${total ? ` of ${total}` : ''} bytes: ${(error as Error).message}`;
    throw new ImageDownloadError({ url, why }, { cause: error });
  }
  return { url, bytes, algorithm, checksum: hash.digest('hex') };
}

async function readConfigDrive(work: ImageWork, text: string): Promise<Buffer> {
  const encoded = /^https?:/.test(text) ? await fetchText(work, text) : text;
  const packed = Buffer.from(encoded, 'base64');
  return packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed) : packed;
}
