// Brings an image from a web server or our own disk to a sink: streamed once, hashed and looked into on its way.

import { createReadStream } from 'node:fs';
import type { Clock } from '#base/clock.ts';
import type { Algorithm, Checksum } from './checksum.ts';
import { DiskFull, DownloadFailed } from './faults.ts';
import { type ImageClient, type OpenedImage, transferReason } from './http-client.ts';
import { judgeChecksum, type ReceivedImage, Receiver } from './received.ts';
import type { GlanceContent, ImageReference, LocalFile } from './reference.ts';

/** Where the bytes go; `restart` throws away what was written. */
export interface ImageSink {
  write(chunk: Uint8Array): Promise<void>;
  restart(): Promise<void>;
}

/** Hears of progress, in bytes; `total` is undefined while the size is not known. */
export type OnProgress = (done: number, total: number | undefined) => void;

export interface DownloadOptions {
  readonly client: ImageClient;
  readonly clock: Clock;
  readonly expected?: Checksum | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** How often a transfer that broke off is taken up again. */
  readonly attempts?: number;
  /** The largest image that is taken, in bytes. */
  readonly maxBytes?: number;
  /** Is told the size as soon as it is known, before the first byte is written; may throw. */
  readonly onSize?: (total: number) => Promise<void>;
}

/** An image that arrived whole, with the checksum that was expected; `url` is where redirects led to. */
export interface DownloadedImage extends ReceivedImage {
  readonly url: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

type WebImage = Pick<Extract<ImageReference, { kind: 'http' }> | GlanceContent, 'url' | 'shown'> &
  Partial<Pick<GlanceContent, 'proof'>>;

const pauses = [1_000, 5_000, 15_000];

function rangeFor(done: number, before: OpenedImage | undefined): Record<string, string> {
  const validator = before?.etag?.startsWith('W/') ? before.lastModified : (before?.etag ?? before?.lastModified);
  return done > 0 && validator ? { range: `bytes=${done}-`, 'if-range': validator } : {};
}

async function pour(
  opened: OpenedImage,
  image: WebImage,
  receiver: Receiver,
  sink: ImageSink,
  options: DownloadOptions,
) {
  const { client, maxBytes = Number.MAX_SAFE_INTEGER, onProgress, signal } = options;
  const fail = (reason: string, retry: boolean, cause?: unknown) =>
    new DownloadFailed({ image: image.shown, reason, retry }, cause === undefined ? undefined : { cause });
  const total = opened.total;
  if (total !== undefined && total > maxBytes)
    throw fail(`its ${total} bytes are more than the ${maxBytes} allowed`, false);
  const chunks = opened.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const next = await chunks.next().catch((error: unknown) => {
      signal?.throwIfAborted();
      throw fail(transferReason(error, client.settings, receiver.bytes, total), true, error);
    });
    if (next.done) break;
    if (receiver.bytes + next.value.length > maxBytes)
      throw fail(`it has more than the ${maxBytes} bytes allowed`, false);
    receiver.take(next.value);
    await sink.write(next.value);
    onProgress?.(receiver.bytes, total);
  }
  if (total !== undefined && receiver.bytes !== total) {
    throw fail(`the connection broke off after ${receiver.bytes} of ${total} bytes`, true);
  }
}

/** One try: from the start, or from where the last one broke off when the server still has the same image. */
async function attempt(
  image: WebImage,
  receiver: Receiver,
  sink: ImageSink,
  before: OpenedImage | undefined,
  options: DownloadOptions,
  opening: (opened: OpenedImage) => void,
): Promise<void> {
  const { client, signal } = options;
  const opened = await client.open(image.url, {
    headers: rangeFor(receiver.bytes, before),
    ...(image.proof ? { proof: image.proof } : {}),
    ...(signal ? { signal } : {}),
  });
  opening(opened);
  try {
    if (opened.status !== 206 || opened.from !== receiver.bytes || opened.total !== before?.total) {
      if (opened.from !== 0) {
        throw new DownloadFailed({
          image: image.shown,
          reason: 'the server sent another part than was asked for',
          retry: true,
        });
      }
      if (receiver.bytes > 0) {
        receiver.restart();
        await sink.restart();
      }
    }
    if (opened.total !== undefined && receiver.bytes === 0) await options.onSize?.(opened.total);
    await pour(opened, image, receiver, sink, options);
  } finally {
    opened.body.destroy();
  }
}

/**
 * Fetch an image from a web server into `sink`. A transfer that breaks off is taken up again, where it stopped if the
 * server can do that. Throws ImageNotFound, ImageDownloadFailed, ImageChecksumError, and what the sink throws.
 */
export async function downloadImage(
  image: WebImage,
  sink: ImageSink,
  options: DownloadOptions,
): Promise<DownloadedImage> {
  const receiver = new Receiver(options.expected?.algorithm ?? 'sha256');
  const attempts = options.attempts ?? 3;
  let opened: OpenedImage | undefined;
  for (let n = 1; ; n += 1) {
    try {
      await attempt(image, receiver, sink, opened, options, (now) => {
        opened = now;
      });
      break;
    } catch (error) {
      if (!DownloadFailed.is(error) || !error.facts.retry || n >= attempts) throw error;
      if (error.facts.code === 416) {
        // What was begun is not part of the image that is there now.
        receiver.restart();
        await sink.restart();
      }
      await options.clock.sleep(pauses[Math.min(n, pauses.length) - 1]!, options.signal);
    }
  }
  const received = receiver.finish();
  judgeChecksum(image.shown, options.expected, received);
  const { url, etag, lastModified } = opened!;
  return { ...received, url, ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) };
}

/** Copy an image of our own disk into `sink`, or only look at it when there is none. Throws ImageChecksumError. */
export async function readImage(
  file: LocalFile,
  shown: string,
  sink: ImageSink | undefined,
  options: Pick<DownloadOptions, 'expected' | 'signal' | 'onProgress'> & { readonly algorithm?: Algorithm },
): Promise<ReceivedImage> {
  const receiver = new Receiver(options.expected?.algorithm ?? options.algorithm ?? 'sha256');
  const broken = (reason: string, cause?: unknown) =>
    new DownloadFailed({ image: shown, reason, retry: false }, cause === undefined ? undefined : { cause });
  const { signal } = options;
  const stream = createReadStream(file.path, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) });
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      const next = await chunks.next().catch((error: NodeJS.ErrnoException) => {
        signal?.throwIfAborted();
        throw broken(`the file cannot be read (${error.code ?? error.message})`, error);
      });
      if (next.done) break;
      receiver.take(next.value);
      await sink?.write(next.value);
      options.onProgress?.(receiver.bytes, file.size);
    }
  } finally {
    stream.destroy();
  }
  if (receiver.bytes !== file.size) {
    throw broken(`the file changed while it was read (${receiver.bytes} bytes instead of ${file.size})`);
  }
  const received = receiver.finish();
  judgeChecksum(shown, options.expected, received);
  return received;
}

/** Turns "no space left" into a declared error that names the place. */
export function diskFault(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? new DiskFull({ path }, { cause: error }) : error;
}
