// Brings what a medium is made of to this machine: through the image cache from the web, or as it is from our own disk.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, rm, stat } from 'node:fs/promises';
import type { Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import { newToken } from '#base/ids.ts';
import type { ImageCache } from '../images/cache.ts';
import { downloadImage } from '../images/download.ts';
import { DownloadFailed, ImageMissing } from '../images/faults.ts';
import type { ImageClient } from '../images/http-client.ts';
import { maskedUrl } from '../images/masked-url.ts';
import { type ImageReference, openableFile, parseReference, withoutGlance } from '../images/reference.ts';
import { fileSink } from '../images/scratch.ts';

export interface BringTools {
  readonly cache: ImageCache;
  readonly client: ImageClient;
  readonly clock: Clock;
  /** [conductor]file_url_allowed_paths. */
  readonly allowedFolders: readonly string[];
  /** Whether the operator himself named this file, in the configuration. */
  isTrusted(source: string): boolean;
}

/** What was fetched is not what was meant. */
export const MediumDiffers = defineError(
  'ImageChecksumError',
  500,
  (p: { source: string; expected: string; actual: string }) =>
    `What came from ${p.source} has the checksum ${p.actual}, and ${p.expected} was expected.`,
);

const algorithms: Readonly<Record<number, string>> = { 40: 'sha1', 64: 'sha256', 96: 'sha384', 128: 'sha512' };

/** Throws MediumDiffers where the file has not the checksum (hexadecimal; its length tells the algorithm); it goes then. */
export async function checkSum(file: string, expected: string, source: string, signal: AbortSignal): Promise<void> {
  const hash = createHash(algorithms[expected.length] ?? 'sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, signal })) hash.update(chunk as Buffer);
  const actual = hash.digest('hex');
  if (actual === expected.toLowerCase()) return;
  await rm(file, { force: true });
  throw new MediumDiffers({ source: maskedUrl(source), expected, actual });
}

type Web = Extract<ImageReference, { kind: 'http' }>;

/** What tells one version at a URL from the next; a server that tells none is asked for the whole each time. */
async function versionOf({ url }: Web, client: ImageClient, signal: AbortSignal): Promise<unknown> {
  try {
    const opened = await client.open(url, { method: 'HEAD', signal });
    opened.body.destroy();
    const { etag, lastModified, total } = opened;
    return etag || lastModified ? [etag, lastModified, total] : newToken();
  } catch (error) {
    if (DownloadFailed.is(error) && [400, 403, 405, 501].includes(error.facts.code ?? 0)) return newToken();
    throw error;
  }
}

async function fromWeb(image: Web, target: string, tools: BringTools, signal: AbortSignal): Promise<number> {
  const { cache, client, clock } = tools;
  const key = JSON.stringify(['medium', image.url, await versionOf(image, client, signal)]);
  const { size } = await cache.take({
    key,
    target,
    signal,
    async make(path, work) {
      const sink = await fileSink(path);
      try {
        const { checksum, inspection, url } = await downloadImage(image, sink, {
          client,
          clock,
          signal: work.signal,
          onSize: work.room,
        });
        return { source: image.shown, url, checksum, format: inspection.format, size: inspection.size };
      } finally {
        await sink.close();
      }
    },
  });
  return size;
}

async function fromDisk(path: string, target: string): Promise<number> {
  await link(path, target).catch(() => copyFile(path, target));
  return (await stat(target)).size;
}

/**
 * Put what `source` names (an http, https or file URL, or a path) to `target`, which must not be there; returns its size
 * in bytes. A file must lie in an allowed folder unless the operator named it. Throws what images may throw.
 */
export async function bring(source: string, target: string, tools: BringTools, signal: AbortSignal): Promise<number> {
  const reference = withoutGlance(parseReference(source.startsWith('/') ? `file://${source}` : source, 'the image'));
  if (reference.kind === 'http') return fromWeb(reference, target, tools, signal);
  if (!tools.isTrusted(source)) return fromDisk((await openableFile(reference, tools.allowedFolders)).path, target);
  return fromDisk(reference.path, target).catch((cause: NodeJS.ErrnoException) => {
    throw new ImageMissing({ image: reference.shown, reason: `the file cannot be reached (${cause.code})` }, { cause });
  });
}
