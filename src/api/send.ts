// An answer onto the wire: small ones as one string with their headers, large ones part by part as the client takes them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Page } from './kept-pages.ts';
import type { Reply } from './route.ts';

/** Headers as Node takes them fastest: names and values in turn. */
export type HeaderList = string[];

/** Send the reply with these headers and its own. Nothing is made of it for a client that has gone. */
export function send(request: IncomingMessage, response: ServerResponse, headers: HeaderList, reply: Reply): void {
  if (response.destroyed) return;
  const status = reply.status ?? 200;
  if (reply.location !== undefined) headers.push('Location', reply.location);
  if (reply.challenge !== undefined) headers.push('WWW-Authenticate', reply.challenge);
  if (reply.headers) for (const [name, value] of Object.entries(reply.headers)) headers.push(name, value);
  // A body that was not read to its end cannot be followed by another request.
  if (!request.complete) headers.push('Connection', 'close');
  if (reply.page) {
    headers.push('Content-Type', 'application/json', 'Content-Length', String(reply.page.bytes));
    response.writeHead(status, headers);
    if (request.method === 'HEAD') response.end();
    else sendParts(response, reply.page, 0);
    return;
  }
  const text = reply.ascii ?? reply.json ?? (reply.body === undefined ? '' : JSON.stringify(reply.body));
  if (text) headers.push('Content-Type', reply.type ?? 'application/json');
  if (status !== 204) headers.push('Content-Length', String(reply.ascii?.length ?? Buffer.byteLength(text)));
  response.writeHead(status, headers);
  if (request.method === 'HEAD') response.end();
  else response.end(text, reply.ascii === undefined ? 'utf8' : 'latin1');
}

/** The next part when the one before is on its way; nothing more when the client has gone. */
function sendParts(response: ServerResponse, page: Page, from: number): void {
  const last = page.parts.length - 1;
  for (let at = from; at < last; at++) {
    if (response.destroyed) return;
    if (response.write(page.parts[at])) continue;
    response.once('drain', () => sendParts(response, page, at + 1));
    return;
  }
  if (!response.destroyed) response.end(page.parts[last]);
}
