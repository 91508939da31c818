// The boot HTTP server: files for firmware, iPXE and ramdisks. GET and HEAD, nothing else.
import http from 'node:http';
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { cleanName, type FileProvider, type ServedFile } from '../served-file.ts';
import { CannotBind } from '../sockets/udp-socket.ts';
import type { BootEventSink } from '../timeline/boot-event.ts';
import type { Whereabouts } from '../whereabouts.ts';
import { answerFor, etagOf, type FileAnswer } from './conditions.ts';
import { mediaType } from './media-types.ts';

export interface BootHttpParts {
  readonly files: FileProvider;
  readonly whereabouts: Whereabouts;
  readonly onBootEvent: BootEventSink;
  readonly clock: Clock;
  readonly log: Log;
}

export interface BootHttp {
  readonly port: number;
  close(): Promise<void>;
}

const piece = 256 * 1024;
const stalled = 120_000; // ms without progress

/** Listens on `address`:`port`; CannotBind where that is not possible. */
export function listenHttp(where: { address: string; port: number }, parts: BootHttpParts): Promise<BootHttp> {
  const server = http.createServer({ keepAlive: true, requestTimeout: 30_000, headersTimeout: 15_000 });
  server.keepAliveTimeout = 15_000;
  server.maxConnections = 1024;
  server.setTimeout(stalled);
  server.on('request', (request, response) => void serve(request, response, parts));
  // OVMF resets its connection after the HEAD: that is no event worth more than closing.
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const at = `${where.address}:${where.port}`;
      reject(new CannotBind({ what: 'The boot HTTP server', where: at, code: cause.code ?? cause.message }, { cause }));
    });
    server.listen(where.port, where.address, () => {
      server.removeAllListeners('error');
      server.on('error', (error) => parts.log.warn({}, `Boot HTTP server: ${explain(error)}`));
      resolve({ port: (server.address() as { port: number }).port, close: () => closeServer(server) });
    });
  });
}

function closeServer(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  parts: BootHttpParts,
): Promise<void> {
  const { clock, whereabouts, onBootEvent, log } = parts;
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const name = nameIn(request.url ?? '');
  const path = name ?? (request.url ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
  const started = clock.now();
  const tell = (kind: 'http' | 'http-failed', detail: string, bytes: number) => {
    log.debug({ address, path }, `HTTP: ${detail}`);
    onBootEvent({ at: clock.now(), kind, address, path, bytes, detail, ...whereabouts.who(address, path) });
  };
  request.resume();
  response.on('error', () => {});
  try {
    const sent = await respond(request, response, name, address, parts);
    const what = `${request.method} ${sent.status}, ${sent.bytes} of ${sent.length} bytes (${clock.now() - started} ms)`;
    const cut = sent.bytes < sent.length ? ', the client closed the connection' : '';
    tell(sent.status >= 400 || cut ? 'http-failed' : 'http', what + cut, sent.bytes);
  } catch (error) {
    log.error({ address, path }, `HTTP request for ${path} failed: ${explain(error)}`);
    if (response.headersSent) response.destroy();
    else refuse(response, 500);
    tell('http-failed', `${request.method} failed: ${explain(error)}`, 0);
  }
}

interface Sent {
  readonly status: number;
  readonly bytes: number;
  readonly length: number;
}

async function respond(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  name: string | undefined,
  address: string,
  { files }: BootHttpParts,
): Promise<Sent> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(response, 405);
  }
  const file = name === undefined ? undefined : await files(name, { address, by: 'http' });
  if (!file || name === undefined) return refuse(response, 404);
  try {
    const { size, modified } = file;
    const etag = etagOf(size, modified);
    const answer = answerFor(request.headers, { size, modified, etag });
    const head = { ETag: etag, 'Accept-Ranges': 'bytes', ...(modified && { 'Last-Modified': modified.toUTCString() }) };
    response.writeHead(answer.status, { ...head, ...lengths(answer, size, name) });
    if (request.method === 'HEAD' || !('from' in answer)) {
      response.end();
      return { status: answer.status, bytes: 0, length: 0 };
    }
    const bytes = await stream(file, answer.from, answer.to, response);
    return { status: answer.status, bytes, length: answer.to - answer.from };
  } finally {
    await file.close();
  }
}

function lengths(answer: FileAnswer, size: number, name: string): http.OutgoingHttpHeaders {
  if (answer.status === 304) return {};
  if (answer.status === 416 || !('from' in answer)) return { 'Content-Length': 0, 'Content-Range': `bytes */${size}` };
  return {
    'Content-Type': mediaType(name),
    'Content-Length': answer.to - answer.from,
    ...(answer.status === 206 && { 'Content-Range': `bytes ${answer.from}-${answer.to - 1}/${size}` }),
  };
}

function refuse(response: http.ServerResponse, status: number): Sent {
  const body = `${status} ${http.STATUS_CODES[status]}\n`;
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': body.length });
  response.end(response.req.method === 'HEAD' ? undefined : body);
  return { status, bytes: 0, length: 0 };
}

/** Sends the bytes piece by piece, as fast as the client takes them; says how many went out. */
async function stream(file: ServedFile, from: number, to: number, response: http.ServerResponse): Promise<number> {
  let at = from;
  while (at < to && !response.destroyed) {
    const bytes = await file.read(at, Math.min(piece, to - at));
    if (bytes.length === 0) {
      response.destroy(); // the file became shorter: the promised length cannot be kept
      break;
    }
    at += bytes.length;
    if (!response.write(bytes)) await drained(response);
  }
  const whole = at === to && !response.destroyed && (await endOf(response));
  return whole ? at - from : Math.min(at - from, Math.max(0, to - from - 1));
}

/** Ends the answer; whether everything was handed to the system before the connection closed. */
function endOf(response: http.ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    response.once('finish', () => resolve(true));
    response.once('close', () => resolve(false));
    response.end();
  });
}

function drained(response: http.ServerResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
  });
}

/** The file name in a request target (path, or whole URL as proxies write it), or undefined where it is none to serve. */
export function nameIn(target: string): string | undefined {
  const path = target.replace(/^https?:\/\/[^/]*/i, '').split(/[?#]/, 1)[0]!;
  try {
    return cleanName(decodeURIComponent(path));
  } catch {
    return undefined;
  }
}
