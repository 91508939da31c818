// HTTP around the door: headers in and out, limits in time and size, one log line per request.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { explain } from '#base/errors.ts';
import { newRequestId, newUuid } from '#base/ids.ts';
import { type Authority, allowAll, type Caller } from '#contract/policies.ts';
import { latest, lowest, minorAsked, versionHeaders, versionText } from '#contract/versions.ts';
import { callerOf } from './auth/gate.ts';
import { Client, ClientGone } from './client-gone.ts';
import { corsHeaders, isPreflight } from './cors.ts';
import { answer, type Knock } from './door.ts';
import { isAnswerable, renderError } from './errors.ts';
import { healthReply } from './health.ts';
import { KeptPages } from './kept-pages.ts';
import { KeptStamps } from './kept-stamps.ts';
import { KeptTexts } from './kept-texts.ts';
import { ownAddress } from './own-address.ts';
import { readBytes } from './read-bytes.ts';
import type { House, Presence, Reply } from './route.ts';
import { makeRouter, type Router } from './router.ts';
import { allRoutes } from './routes.ts';
import { secureServer, type Tls } from './secure-server.ts';
import { type HeaderList, send } from './send.ts';
import { type ApiSettings, defaultSettings } from './settings.ts';
import { Sharing } from './sharing.ts';

export interface Api {
  /** Resolves with the port that it listens on (for port 0: the one that was free). */
  listen(host: string, port: number): Promise<number>;
  /** Answers what has begun, takes nothing new. */
  close(): Promise<void>;
}

export type ApiParts = Omit<House, 'authority' | 'settings' | 'texts' | 'pages' | 'stamps' | 'newId'> & {
  readonly newId?: () => string;
  /** Who may do what; without it everybody may do everything (auth_strategy noauth). */
  readonly authority?: Authority;
  readonly settings?: Partial<ApiSettings>;
  readonly limits?: Partial<typeof usualLimits>;
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
    pages: { kept: new KeptPages(), sharing: new Sharing() },
    stamps: new KeptStamps(),
    newId: parts.newId ?? newUuid,
  };
  const router = makeRouter(house.settings.ramdiskOnly ? allRoutes.filter(isForRamdisks) : allRoutes);
  const service = { house, router };
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void serve(service, request, response).catch((error: unknown) => {
      house.log.error({ err: error }, `an answer could not be sent: ${explain(error)}`);
      response.destroy();
    });
  const limits = { ...usualLimits, ...parts.limits };
  const server = parts.tls ? secureServer(limits, parts.tls, handle) : createServer(limits, handle);
  server.maxConnections = limits.maxConnections;
  // Who takes nothing of a large answer, or goes away without a word, does not keep its memory.
  server.setTimeout(limits.silentTimeout, (socket) => socket.destroy());
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  return { listen: (host, port) => listen(server, host, port), close: () => close(server) };
}

interface Service {
  readonly house: House;
  readonly router: Router;
}

const versionRange = [
  'X-OpenStack-Ironic-API-Minimum-Version',
  versionText(lowest),
  'X-OpenStack-Ironic-API-Maximum-Version',
  versionText(latest),
] as const;

const ramdiskPaths = /^\/(v1\/?)?$|^\/v1\/(lookup|heartbeat|continue_inspection)(\/|$)/;
const isForRamdisks = (route: { path: string }): boolean => ramdiskPaths.test(route.path);

// Slow and silent clients are cut off; a kept connection may idle for a while. Times in milliseconds.
const usualLimits = {
  headersTimeout: 20_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
  /** After which no byte went either way, an answer under way included. */
  silentTimeout: 300_000,
  maxConnections: 10_000,
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

async function serve(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { house } = service;
  const started = house.clock.now();
  const requestId = newRequestId();
  const headers: HeaderList = ['X-OpenStack-Request-Id', requestId, ...versionRange];
  const presence = new Client(response);
  const { cors } = house.settings;
  const { method = 'GET', url = '/' } = request;
  if (cors) headers.push(...Object.entries(corsHeaders(cors, { method, headers: request.headers })).flat());
  const reply =
    cors && isPreflight({ method, headers: request.headers })
      ? { status: 200 }
      : await replyTo(service, request, headers, requestId, presence);
  send(request, response, headers, reply);
  const status = reply.status ?? 200;
  const ms = house.clock.now() - started;
  house.watch?.served?.(presence.route, status, ms);
  const facts = { requestId, ...globalIdOf(request), method, url, status, ms };
  house.log.info(facts, `${method} ${url} ${status}`);
}

const anybody: Caller = { requestId: '' };
const nothing = {};
const requestIdShape = /^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The request id of whoever asks on behalf of somebody, where it has the form of one: for the log. */
function globalIdOf(request: IncomingMessage): { globalRequestId?: string } {
  const id = request.headers['x-openstack-request-id'];
  return typeof id === 'string' && requestIdShape.test(id) ? { globalRequestId: id } : nothing;
}

async function replyTo(
  { house, router }: Service,
  request: IncomingMessage,
  headers: HeaderList,
  requestId: string,
  presence: Presence,
): Promise<Reply> {
  try {
    const health = healthReply(house, request);
    if (health) return await health;
    const caller = house.gate ? await callerOf(house.gate, request, requestId, presence.signal) : { requestId };
    const minor = minorAsked(header(request, versionHeaders.asked), header(request, versionHeaders.unified));
    headers.push('X-OpenStack-Ironic-API-Version', versionText(minor));
    const knock: Knock = {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      minor,
      caller,
      judged: house.gate ? undefined : anybody,
      base: house.settings.publicUrl ?? ownAddress(request, house.settings.believesProxies),
      contentType: request.headers['content-type'],
      presence,
      body: (size) => readBytes(request, house.settings.bodyKiB[size] * 1024),
    };
    return await answer(house, router, knock);
  } catch (error) {
    if (ClientGone.is(error)) return { status: error.status };
    if (!isAnswerable(error)) house.log.error({ requestId, err: error }, `a request failed: ${explain(error)}`);
    return renderError(error, requestId);
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
