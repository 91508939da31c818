// A small client of the bare metal API: ours, or any Ironic's.
import { Agent, type Dispatcher, request } from 'undici';
import type { Clock } from '#base/clock.ts';
import { isUuid } from '#base/ids.ts';
import { versionHeaders } from '#contract/versions.ts';
import { readRefusal } from './answer.ts';
import type { Connection } from './connection.ts';
import { Refused, TookTooLong, Unreachable } from './exit-codes.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;
export type Row = Record<string, unknown>;

export interface ApiClient {
  readonly url: string;
  /** Read a resource. Throws Refused, Unreachable, TookTooLong. */
  get(path: string, query?: Query): Promise<Row>;
  /** Change something; null where the answer is empty. A locked node is asked again for some seconds. */
  send(method: Method, path: string, body?: unknown): Promise<Row | null>;
  /** The rows of a list, page after page, up to `limit`. */
  list(path: string, key: string, query?: Query, limit?: number): Promise<Row[]>;
  close(): Promise<void>;
}

const busyAgainMs = 500;

/** A client for `connection`; it connects when it is first asked something. */
export function apiClient(connection: Connection, clock: Clock, signal?: AbortSignal): ApiClient {
  const dispatcher = new Agent({
    connect: { timeout: 10_000, ...(connection.ca && { ca: connection.ca }), rejectUnauthorized: !connection.insecure },
    headersTimeout: connection.requestSeconds * 1000,
    bodyTimeout: connection.requestSeconds * 1000,
  });
  const ask = (method: Method, path: string, query: Query = {}, body?: unknown) =>
    exchange({ connection, dispatcher, signal }, { method, path, query, body });

  const client: ApiClient = {
    url: connection.url,
    async get(path, query) {
      return (await ask('GET', path, query)) ?? {};
    },
    async send(method, path, body) {
      const until = clock.now() + connection.busySeconds * 1000;
      for (;;) {
        try {
          return await ask(method, path, {}, body);
        } catch (error) {
          if (!isBusy(error) || clock.now() + busyAgainMs > until) throw error;
          await clock.sleep(busyAgainMs, signal);
        }
      }
    },
    async list(path, key, query = {}, limit = Number.POSITIVE_INFINITY) {
      const rows: Row[] = [];
      let next: Query | undefined = { ...query, ...(Number.isFinite(limit) && { limit }) };
      while (next && rows.length < limit) {
        const page: Row = await client.get(path, next);
        rows.push(...((page[key] as Row[] | undefined) ?? []));
        next = typeof page.next === 'string' ? Object.fromEntries(new URL(page.next).searchParams) : undefined;
      }
      return rows.slice(0, limit);
    },
    close: () => dispatcher.destroy(),
  };
  return client;
}

/** The path of a node, port, … by UUID or name. */
export const pathTo = (collection: string, ident: string, ...rest: string[]): string =>
  ['/v1', collection, isUuid(ident) ? ident.toLowerCase() : encodeURIComponent(ident), ...rest].join('/');

/** Someone holds the node just now, or every worker has something to do. */
function isBusy(error: unknown): boolean {
  if (!Refused.is(error)) return false;
  const { status, sentence } = error.facts;
  return status === 503 || (status === 409 && /\b(held|locked|reserved) by\b/i.test(sentence));
}

interface Line {
  readonly connection: Connection;
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal | undefined;
}

interface Exchange {
  readonly method: Method;
  readonly path: string;
  readonly query: Query;
  readonly body: unknown;
}

async function exchange(line: Line, { method, path, query, body }: Exchange): Promise<Row | null> {
  const { connection, dispatcher, signal } = line;
  const url = new URL(connection.url + path);
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, String(value));
  let status: number;
  let text: string;
  try {
    const answer = await request(url, {
      dispatcher,
      method,
      ...(signal && { signal }),
      headers: {
        accept: 'application/json',
        [versionHeaders.asked]: 'latest',
        ...connection.headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    status = answer.statusCode;
    text = await answer.body.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw notReached(connection, `${method} ${path}`, error);
  }
  if (status >= 400) throw readRefusal(connection.url, `${method} ${path}`, status, text);
  if (text === '') return null;
  try {
    return JSON.parse(text) as Row;
  } catch (error) {
    throw new Unreachable({ url: connection.url, why: 'the answer is not JSON', advice: noApi }, { cause: error });
  }
}

const noApi = 'is this the address of the bare metal API? Give it with --url or INGOT_URL';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be resolved just now',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ECONNRESET: 'the connection was broken off',
  UND_ERR_SOCKET: 'the connection was broken off',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 10 s',
};

function notReached(connection: Connection, what: string, error: unknown): Error {
  const code = codeOf(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return new TookTooLong(
      { what, seconds: connection.requestSeconds, advice: 'the service may be overloaded; ask again' },
      { cause: error },
    );
  const why = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  const certificate = /CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code);
  const advice = certificate
    ? 'name the certificate authority with --ca-file, or use --insecure'
    : 'start it with "ingot up" or "ingot serve", or name another address with --url or INGOT_URL';
  return new Unreachable({ url: connection.url, why, advice });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
