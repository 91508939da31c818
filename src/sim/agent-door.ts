// Where simulated agents are called: one HTTP(S) server per booted agent, or one for all of a process.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from './self-signed.ts';

export interface AgentRequest {
  readonly method: string;
  /** Without the agent's own prefix and without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The parsed body; undefined where there was none or it was no JSON. */
  readonly body: unknown;
}

export interface AgentReply {
  readonly status: number;
  readonly body: unknown;
  /** Called when the reply has gone out. */
  readonly sent?: () => void;
}

/** Answers one call. `signal` is aborted when the caller has gone. */
type Answer = (request: AgentRequest, signal: AbortSignal) => Promise<AgentReply>;

export interface OpenDoor {
  /** What the agent announces as its callback_url. */
  readonly url: string;
  /** PEM, when the door speaks TLS with a certificate of its own. */
  readonly certificate?: string;
  /** Ends at once, with all its connections. */
  close(): Promise<void>;
}

export interface AgentDoors {
  /** A door for the agent of the machine `name`; `tls` asks for HTTPS. */
  open(name: string, tls: boolean, answer: Answer): Promise<OpenDoor>;
  close(): Promise<void>;
}

const MOST_BODY = 64 * 1024 * 1024;

async function readBody(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BODY) return undefined;
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

async function serve(message: IncomingMessage, response: ServerResponse, prefix: string, answer: Answer) {
  const gone = new AbortController();
  response.on('close', () => gone.abort(new Error('the caller has gone')));
  const url = new URL(message.url ?? '/', 'http://agent');
  const path = url.pathname.slice(prefix.length) || '/';
  const body = message.method === 'POST' ? await readBody(message) : undefined;
  const reply = await answer({ method: message.method ?? 'GET', path, query: url.searchParams, body }, gone.signal);
  response.writeHead(reply.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(reply.body), reply.sent);
}

function listener(find: (path: string) => { prefix: string; answer: Answer } | undefined): RequestListener {
  return (message, response) => {
    const found = find(message.url ?? '/');
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    serve(message, response, found.prefix, found.answer).catch(() => response.destroy());
  };
}

type Server = ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>;

async function listen(server: Server, address: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  return (server.address() as AddressInfo).port;
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A server on a port of its own for every booted agent, as on real machines; TLS with a fresh certificate each. */
export function ownDoors(address = '127.0.0.1', now = Date.now): AgentDoors {
  const open = new Set<Server>();
  return {
    async open(_name, tls, answer) {
      const made = tls ? selfSigned(address, now()) : null;
      const handler = listener(() => ({ prefix: '', answer }));
      const server = made ? createTlsServer({ key: made.key, cert: made.certificate }, handler) : createServer(handler);
      const port = await listen(server, address);
      open.add(server);
      return {
        url: `${tls ? 'https' : 'http'}://${address}:${port}`,
        ...(made && { certificate: made.certificate }),
        close: () => {
          open.delete(server);
          return shut(server);
        },
      };
    },
    async close() {
      await Promise.all([...open].map(shut));
    },
  };
}

/** One plain HTTP server for all agents, told apart by `/agent/NAME`: for racks of thousands. */
export async function sharedDoor(address = '127.0.0.1'): Promise<AgentDoors> {
  const agents = new Map<string, Answer>();
  const server = createServer(
    listener((url) => {
      const prefix = /^\/agent\/[^/?]+/.exec(url)?.[0] ?? '';
      const answer = agents.get(prefix);
      return answer && { prefix, answer };
    }),
  );
  const port = await listen(server, address);
  return {
    async open(name, _tls, answer) {
      const prefix = `/agent/${encodeURIComponent(name)}`;
      agents.set(prefix, answer);
      return {
        url: `http://${address}:${port}${prefix}`,
        close: async () => {
          if (agents.get(prefix) === answer) agents.delete(prefix);
        },
      };
    },
    close: () => shut(server),
  };
}
