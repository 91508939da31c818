// Carries out an image plan: checks the source, or brings the image into the cache and links it for the node.

import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { ImageCache, MakeMaster } from './cache.ts';
import type { CachedImage } from './cache-entry.ts';
import type { Checksum } from './checksum.ts';
import { type ConvertOptions, convertToRaw } from './convert.ts';
import { downloadImage, type OnProgress, readImage } from './download.ts';
import { DownloadFailed, ImageUnfit } from './faults.ts';
import { resolveChecksum } from './fetch-checksum.ts';
import type { ImageClient } from './http-client.ts';
import { judgeContent } from './inspect.ts';
import { checksumRules, type ImageOptions, type ImagePlan } from './plan.ts';
import type { ReceivedImage } from './received.ts';
import { type LocalFile, openableFile } from './reference.ts';
import { fileSink, partName } from './scratch.ts';
import { sniffFormat } from './sniff-format.ts';

/** What preparing works with, joined once. */
export interface ImageTools {
  readonly client: ImageClient;
  readonly cache: ImageCache;
  readonly clock: Clock;
  readonly options: ImageOptions;
  readonly convert: Omit<ConvertOptions, 'clock' | 'signal'>;
}

export interface PrepareOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** An image that the agent can fetch. Sizes in bytes, where they are known. */
export interface PreparedImage {
  readonly servedBy: 'source' | 'conductor';
  /** What the agent fetches; also the new `image_url`. */
  readonly url: string;
  /** Where the source moved to; replaces `image_source` (Ironic stores the redirect's target). */
  readonly movedTo?: string;
  /** Undefined where the checksum of instance_info goes to the agent as it is. */
  readonly checksum?: Checksum;
  readonly diskFormat: string | null;
  readonly size?: number;
  readonly virtualSize?: number;
}

/** The folder that holds the nodes' links to images; the HTTP server serves it below `http_url`. */
export const servedFolder = (options: Pick<ImageOptions, 'httpRoot' | 'httpImageSubdir'>): string =>
  join(options.httpRoot, options.httpImageSubdir);

/** Where the conductor serves the image of a node. */
export const servedUrl = (options: Pick<ImageOptions, 'httpUrl' | 'httpImageSubdir'>, uuid: string): string =>
  `${(options.httpUrl ?? '').replace(/\/+$/, '')}/${options.httpImageSubdir.replace(/^\/+|\/+$/g, '')}/${uuid}`;

/** The agent calls a disk with a partition table raw. */
const agentFormat = (format: string): string => (format === 'gpt' ? 'raw' : format);

type Bring = (path: string, tools: Parameters<MakeMaster>[1]) => Promise<ReceivedImage & { url?: string }>;

function bringerOf(
  plan: ImagePlan,
  expected: Checksum | undefined,
  file: LocalFile | undefined,
  tools: ImageTools,
): Bring {
  const { reference } = plan;
  return async (path, { signal, onProgress, room }) => {
    if (file) await room(file.size);
    const sink = await fileSink(path);
    try {
      if (reference.kind !== 'file') {
        const { client, clock } = tools;
        return await downloadImage(reference, sink, { client, clock, expected, signal, onProgress, onSize: room });
      }
      return await readImage(file!, reference.shown, sink, { expected, signal, onProgress });
    } finally {
      await sink.close();
    }
  };
}

/** After a conversion md5 gives way to sha256; the other algorithms stay. */
const algorithmAfter = (before: Checksum): Checksum['algorithm'] =>
  before.algorithm === 'md5' ? 'sha256' : before.algorithm;

function makerOf(plan: ImagePlan, bring: Bring, tools: ImageTools): MakeMaster {
  const { shown } = plan.reference;
  const rules = { declared: plan.declaredFormat, permitted: tools.options.permittedFormats };
  return async (path, work) => {
    const part = partName(path);
    try {
      const received = await bring(part, work);
      const { inspection: found } = received;
      if (plan.inspect) judgeContent(shown, found, rules);
      const base = { source: shown, ...(received.url ? { url: received.url } : {}) };
      if (!plan.convert || found.format !== 'qcow2' || found.problem) {
        await rename(part, path);
        return cached(base, received);
      }
      await work.room(Math.min(found.virtualSize ?? 0, found.size * tools.options.rawGrowth));
      await convertToRaw(part, path, 'qcow2', shown, { ...tools.convert, clock: tools.clock, signal: work.signal });
      return cached(base, await rehash(path, shown, received.checksum, work.signal));
    } finally {
      await rm(part, { force: true });
    }
  };
}

async function rehash(path: string, shown: string, before: Checksum, signal: AbortSignal): Promise<ReceivedImage> {
  const file = { path, size: (await stat(path)).size, mtimeMs: 0 };
  return readImage(file, shown, undefined, { algorithm: algorithmAfter(before), signal });
}

const cached = (base: Pick<CachedImage, 'source' | 'url'>, { checksum, inspection }: ReceivedImage): CachedImage => ({
  ...base,
  checksum,
  format: inspection.format,
  size: inspection.size,
  ...(inspection.virtualSize === undefined ? {} : { virtualSize: inspection.virtualSize }),
});

const sourceOf = (reference: ImagePlan['reference']): readonly unknown[] =>
  reference.kind === 'glance content' ? ['glance', reference.id] : [reference.kind === 'http' && reference.url];

/** Names the content of a cached image: source, version, and what was demanded of it. */
function keyOf(
  plan: ImagePlan,
  expected: Checksum | undefined,
  file: LocalFile | undefined,
  permitted: readonly string[],
) {
  const source = file ? [file.path, file.size, file.mtimeMs] : sourceOf(plan.reference);
  const demands = plan.inspect ? [plan.declaredFormat, ...permitted] : [];
  return JSON.stringify([source, expected?.algorithm, expected?.value, plan.convert, plan.inspect, demands]);
}

async function intoCache(
  plan: ImagePlan,
  expected: Checksum | undefined,
  tools: ImageTools,
  asked: PrepareOptions,
  target?: string,
) {
  const { options, cache } = tools;
  const file = plan.reference.kind === 'file' ? await openableFile(plan.reference, options.allowedFolders) : undefined;
  const make = makerOf(plan, bringerOf(plan, expected, file, tools), tools);
  return cache.take({ key: keyOf(plan, expected, file, options.permittedFormats), make, target, ...asked });
}

async function fromConductor(
  plan: ImagePlan,
  uuid: string,
  tools: ImageTools,
  asked: PrepareOptions,
): Promise<PreparedImage> {
  const { options, client } = tools;
  const expected = await resolveChecksum(plan.checksum, plan.reference, checksumRules(options), client, asked.signal);
  const image = await intoCache(plan, expected, tools, asked, join(servedFolder(options), uuid));
  return {
    servedBy: 'conductor',
    url: servedUrl(options, uuid),
    checksum: image.checksum,
    diskFormat: agentFormat(image.format),
    size: image.size,
    ...(image.virtualSize === undefined ? {} : { virtualSize: image.virtualSize }),
  };
}

/** Where the source is now. Servers that answer no HEAD are left to the agent. */
async function probe(plan: ImagePlan, tools: ImageTools, signal?: AbortSignal) {
  const { reference } = plan;
  if (reference.kind !== 'http') return undefined;
  try {
    const opened = await tools.client.open(reference.url, { method: 'HEAD', ...(signal ? { signal } : {}) });
    opened.body.destroy();
    return opened;
  } catch (error) {
    if (DownloadFailed.is(error) && [400, 403, 405, 501].includes(error.facts.code ?? 0)) return undefined;
    throw error;
  }
}

/** A redirect's target comes without the credentials of the first URL; where there are some, the agent starts anew. */
const moved = (from: string, to: string): boolean => from !== to && new URL(from).username === '';

async function fromSource(plan: ImagePlan, tools: ImageTools, asked: PrepareOptions): Promise<PreparedImage> {
  const { reference } = plan;
  if (reference.kind !== 'http')
    throw new ImageUnfit({ image: reference.shown, reason: 'an agent cannot read it itself' });
  const opened = await probe(plan, tools, asked.signal);
  if (opened?.contentType?.startsWith('text/html')) {
    throw new ImageUnfit({
      image: reference.shown,
      reason: 'the server sends a web page (text/html) there, not an image',
    });
  }
  const rules = checksumRules(tools.options);
  const expected = await resolveChecksum(plan.checksum, reference, rules, tools.client, asked.signal);
  const image = plan.inspect ? await intoCache(plan, expected, tools, asked) : undefined;
  const url = opened && moved(reference.url, opened.url) ? opened.url : reference.url;
  const size = image?.size ?? opened?.total;
  const declared = plan.declaredFormat ?? (image ? agentFormat(image.format) : null);
  return {
    servedBy: 'source',
    url,
    ...(url === reference.url ? {} : { movedTo: url }),
    ...(plan.checksum.is === 'file' && expected ? { checksum: expected } : {}),
    diskFormat: declared ?? (await sniffFormat(url, tools.client, asked.signal)),
    ...(size === undefined ? {} : { size }),
    ...(image?.virtualSize === undefined ? {} : { virtualSize: image.virtualSize }),
  };
}

/** Make an image ready for the agent of node `uuid`. Throws what reference, download, content and disk may throw. */
export function prepareImage(
  plan: ImagePlan,
  uuid: string,
  tools: ImageTools,
  asked: PrepareOptions = {},
): Promise<PreparedImage> {
  return plan.servedBy === 'conductor' ? fromConductor(plan, uuid, tools, asked) : fromSource(plan, tools, asked);
}

/** Undo `prepareImage`: the node's link goes, the master stays in the cache. */
export const releaseImage = (uuid: string, tools: Pick<ImageTools, 'cache' | 'options'>): Promise<void> =>
  tools.cache.release(join(servedFolder(tools.options), uuid));
