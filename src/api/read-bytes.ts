import type { IncomingMessage } from 'node:http';
import { BodyTooLarge } from '#contract/errors.ts';
import { ClientGone } from './client-gone.ts';

/** The whole body of a request, or undefined for none; refused as soon as it is known to be larger than `limit` bytes. */
export function readBytes(request: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return Promise.reject(new BodyTooLarge({ limit }));
  if (announced === 0 && request.headers['transfer-encoding'] === undefined) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    request.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        request.pause();
        reject(new BodyTooLarge({ limit }));
      }
    });
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.once('error', (cause) => reject(new ClientGone({}, { cause })));
  });
}
