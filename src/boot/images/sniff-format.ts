// What a remote image is, from its first 64 KiB: the agent must be told, since it does not always find out by itself.
import { DownloadFailed } from './faults.ts';
import type { ImageClient } from './http-client.ts';
import { inspectEnds } from './inspect.ts';

const headSize = 65536;

/** A server that refuses is left to the agent: it may be let in where we are not. */
async function openHead(url: string, client: ImageClient, signal: AbortSignal | undefined) {
  try {
    return await client.open(url, { headers: { range: `bytes=0-${headSize - 1}` }, ...(signal && { signal }) });
  } catch (error) {
    if (DownloadFailed.is(error)) return undefined;
    throw error;
  }
}

/**
 * The agent's word for the format of the image at `url` (`raw`, `qcow2`, …), or null where its beginning does not tell.
 * Asks for the first 64 KiB only, and reads no more where the server sends everything.
 */
export async function sniffFormat(url: string, client: ImageClient, signal?: AbortSignal): Promise<string | null> {
  const opened = await openHead(url, client, signal);
  if (!opened) return null;
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of opened.body) {
      parts.push(part as Buffer);
      size += (part as Buffer).length;
      if (size >= headSize) break;
    }
  } finally {
    opened.body.destroy();
  }
  if (size === 0) return null;
  const head = Buffer.concat(parts).subarray(0, headSize);
  const { format } = inspectEnds(Buffer.concat([head], headSize), Buffer.alloc(0), opened.total ?? size);
  // A disk with a partition table is raw to the agent; what looks like nothing may be anything, so it is left open.
  return format === 'gpt' ? 'raw' : format === 'raw' ? null : format;
}
