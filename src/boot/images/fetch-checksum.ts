import type { Checksum, ChecksumRules, ChecksumSource } from './checksum.ts';
import { findChecksum } from './checksum-file.ts';
import { ChecksumFileUnreadable, DownloadFailed, ImageMissing } from './faults.ts';
import type { ImageClient } from './http-client.ts';
import { maskedUrl } from './masked-url.ts';
import type { ImageReference } from './reference.ts';

/** A checksum file of a whole distribution's mirror has some hundred KiB; more is refused. */
const largestFile = 1 << 20;

async function textAt(client: ImageClient, url: string, signal?: AbortSignal): Promise<string> {
  const refuse = (reason: string, cause?: unknown) =>
    new ChecksumFileUnreadable({ url: maskedUrl(url), reason }, cause === undefined ? undefined : { cause });
  const parts: Buffer[] = [];
  let size = 0;
  try {
    const opened = await client.open(url, signal ? { signal } : {});
    try {
      for await (const chunk of opened.body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > largestFile) throw refuse(`it is larger than ${largestFile} bytes`);
        parts.push(chunk);
      }
    } finally {
      opened.body.destroy();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (ChecksumFileUnreadable.is(error)) throw error;
    const told = DownloadFailed.is(error) || ImageMissing.is(error) ? error.facts.reason : 'the transfer broke off';
    throw refuse(told, error);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The checksum itself: read from its file when it is given by URL. Throws ImageChecksumFileReadFailure. */
export async function resolveChecksum(
  source: ChecksumSource,
  image: Pick<ImageReference, 'name'>,
  rules: ChecksumRules,
  client: ImageClient,
  signal?: AbortSignal,
): Promise<Checksum | undefined> {
  if (source.is === 'none') return undefined;
  if (source.is === 'sum') return source.checksum;
  const found = findChecksum(await textAt(client, source.url, signal), image.name, rules.allowMd5);
  if (found) return found;
  throw new ChecksumFileUnreadable({
    url: maskedUrl(source.url),
    reason: `no line of it names ${image.name} with ${rules.allowMd5 ? 'an MD5, ' : 'a '}SHA-256, SHA-384 or SHA-512 sum`,
  });
}
