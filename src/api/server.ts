// HTTP around the door: headers in and out, limits in time and size, one log line per request.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { explain } from '#base/errors.ts';
import { newRequestId, newUuid } from '#base/ids.ts';
import { type Authority, allowAll } from '#contract/policies.ts';
import { latest, lowest, minorAsked, versionHeaders, versionText } from '#contract/versions.ts';
import { callerOf } from './auth/gate.ts';
import { answer, type Knock } from './door.ts';
import { isAnswerable, renderError } from './errors.ts';
import { KeptTexts } from './kept-texts.ts';
import { readBytes } from './read-bytes.ts';
import type { House, Reply } from './route.ts';
import { makeRouter, type Router } from './router.ts';
import { allRoutes } from './routes.ts';
import { secureServer, type Tls } from './secure-server.ts';
import { type ApiSettings, defaultSettings } from './settings.ts';

export interface Api {
  /** Resolves with the port that it listens on (for port 0: the one that was free). */
  listen(host: string, port: number): Promise<number>;
  /** Answers what has begun, takes nothing new. */
  close(): Promise<void>;
}

export type ApiParts = Omit<House, 'authority' | 'settings' | 'texts' | 'newId'> & {
  readonly newId?: () => string;
  /** Who may do what; without it everybody may do everything (auth_strategy noauth). */
  readonly authority?: Authority;
  readonly settings?: Partial<ApiSettings>;
  /** Serve TLS with this certificate. */
  readonly tls?: Tls;
};

/** The REST API over a database and a conductor. */
export function buildApi(parts: ApiParts): Api {
  const house: House = {
    ...parts,
    authority: parts.authority ?? allowAll,
    settings: { ...defaultSettings, ...parts.settings },
    texts: new KeptTexts(),
    newId: parts.newId ?? newUuid,
  };
  const router = makeRouter(house.settings.ramdiskOnly ? allRoutes.filter(isForRamdisks) : allRoutes);
  const handle = (request: IncomingMessage, response: ServerResponse) => void serve(house, router, request, response);
  const server = parts.tls ? secureServer(limits, parts.tls, handle) : createServer(limits, handle);
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  return { listen: (host, port) => listen(server, host, port), close: () => close(server) };
}

const [lowestText, latestText] = [versionText(lowest), versionText(latest)];

const ramdiskPaths = /^\/(v1\/?)?$|^\/v1\/(lookup|heartbeat|continue_inspection)(\/|$)/;
const isForRamdisks = (route: { path: string }): boolean => ramdiskPaths.test(route.path);

// Slow and silent clients are cut off; a kept connection may idle for a while.
const limits = {
  headersTimeout: 20_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
};

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

async function serve(house: House, router: Router, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const started = house.clock.now();
  const requestId = newRequestId();
  response.setHeader('X-OpenStack-Request-Id', requestId);
  response.setHeader('X-OpenStack-Ironic-API-Minimum-Version', lowestText);
  response.setHeader('X-OpenStack-Ironic-API-Maximum-Version', latestText);
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client went away'));
  });
  const reply = await replyTo(house, router, request, response, requestId, gone.signal);
  send(request, response, reply);
  const { method, url } = request;
  const facts = { requestId, method, url, status: reply.status ?? 200, ms: house.clock.now() - started };
  house.log.info(facts, `${method} ${url} ${facts.status}`);
}

async function replyTo(
  house: House,
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  signal: AbortSignal,
): Promise<Reply> {
  try {
    const caller = await callerOf(house.gate, request, requestId, signal);
    const minor = minorAsked(header(request, versionHeaders.asked), header(request, versionHeaders.unified));
    response.setHeader('X-OpenStack-Ironic-API-Version', versionText(minor));
    const knock: Knock = {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      minor,
      caller,
      base:
        house.settings.publicUrl ??
        `${'encrypted' in request.socket ? 'https' : 'http'}://${request.headers.host ?? 'localhost'}`,
      contentType: request.headers['content-type'],
      signal,
      body: (size) => readBytes(request, house.settings.bodyKiB[size] * 1024),
    };
    return await answer(house, router, knock);
  } catch (error) {
    if (!isAnswerable(error)) house.log.error({ requestId, err: error }, `a request failed: ${explain(error)}`);
    return renderError(error, requestId);
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const text = reply.json ?? (reply.body === undefined ? '' : JSON.stringify(reply.body));
  response.statusCode = reply.status ?? 200;
  if (reply.location !== undefined) response.setHeader('Location', reply.location);
  if (reply.challenge !== undefined) response.setHeader('WWW-Authenticate', reply.challenge);
  if (text) response.setHeader('Content-Type', reply.type ?? 'application/json');
  const bytes = Buffer.from(text);
  if (response.statusCode !== 204) response.setHeader('Content-Length', bytes.length);
  // A body that was not read to its end cannot be followed by another request.
  if (!request.complete) response.setHeader('Connection', 'close');
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
