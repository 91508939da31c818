// An answer onto the wire: small ones as one string with their headers, large ones from memory that is used again.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageBuffers } from './page-buffers.ts';
import type { Reply } from './route.ts';

/** Headers as Node takes them fastest: names and values in turn. */
export type HeaderList = string[];

/** Send the reply with these headers and its own. Nothing is made of it for a client that has gone. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  headers: HeaderList,
  reply: Reply,
  buffers: PageBuffers,
): void {
  if (response.destroyed) return;
  const status = reply.status ?? 200;
  if (reply.location !== undefined) headers.push('Location', reply.location);
  if (reply.challenge !== undefined) headers.push('WWW-Authenticate', reply.challenge);
  for (const [name, value] of Object.entries(reply.headers ?? {})) headers.push(name, value);
  // A body that was not read to its end cannot be followed by another request.
  if (!request.complete) headers.push('Connection', 'close');
  if (reply.pieces) {
    sendPieces(response, headers, status, reply.pieces, buffers);
    return;
  }
  const text = reply.json ?? (reply.body === undefined ? '' : JSON.stringify(reply.body));
  if (text) headers.push('Content-Type', reply.type ?? 'application/json');
  if (status !== 204) headers.push('Content-Length', String(Buffer.byteLength(text)));
  response.writeHead(status, headers);
  response.end(request.method === 'HEAD' ? undefined : text);
}

function sendPieces(
  response: ServerResponse,
  headers: HeaderList,
  status: number,
  pieces: readonly string[],
  buffers: PageBuffers,
): void {
  const { bytes, release } = buffers.fill(pieces);
  headers.push('Content-Type', 'application/json', 'Content-Length', String(bytes.length));
  response.writeHead(status, headers);
  response.once('close', release);
  response.end(bytes);
}
