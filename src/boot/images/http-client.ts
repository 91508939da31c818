// Opens images on web servers: redirects are followed by hand, and every failure says what happened.

import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { DownloadFailed, ImageMissing } from './faults.ts';
import { maskedUrl } from './masked-url.ts';

/** How image web servers are spoken to; the words in brackets are Ironic's options. Times in milliseconds. */
export interface HttpSettings {
  /** Until connected, and until the first byte of an answer [webserver_connection_timeout]. */
  readonly connectTimeout: number;
  /** The longest silence within a transfer. */
  readonly stallTimeout: number;
  /** false: any certificate; text: PEM of the authorities to trust [webserver_verify_ca]. */
  readonly verify?: boolean | string;
  /** [webserver_tls_minimum_version] */
  readonly tlsMinimum?: '1.2' | '1.3';
  /** [webserver_tls_ciphers] */
  readonly ciphers?: string | null;
  /** [deploy]image_server_auth_strategy http_basic; sent only to the host of the first URL. */
  readonly basicAuth?: { readonly user: string; readonly password: string };
  readonly mostRedirects?: number;
}

/** An answer with status 200 or 206 whose body has not been read. `total` is the image's whole size in bytes. */
export interface OpenedImage {
  /** Where the redirects led to. */
  readonly url: string;
  readonly status: number;
  readonly total?: number;
  /** First byte of a 206 answer. */
  readonly from: number;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly contentType?: string;
  readonly body: Readable;
}

export interface OpenRequest {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that only the origin of the first URL gets. */
  readonly proof?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

/** The sentence for a failed transfer; `done` and `total` count bytes. */
export function transferReason(error: unknown, settings: HttpSettings, done?: number, total?: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const after = done === undefined ? '' : ` after ${done} of ${total ?? 'an unknown number of'} bytes`;
  const reasons: Record<string, string> = {
    UND_ERR_CONNECT_TIMEOUT: `no connection within ${seconds(settings.connectTimeout)}`,
    UND_ERR_HEADERS_TIMEOUT: `the server did not answer within ${seconds(settings.connectTimeout)}`,
    UND_ERR_BODY_TIMEOUT: `the transfer stalled for ${seconds(settings.stallTimeout)}${after}`,
    UND_ERR_SOCKET: `the connection broke off${after}`,
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: `the connection broke off${after}`,
    UND_ERR_ABORTED: `the connection broke off${after}`,
    ECONNRESET: `the connection broke off${after}`,
    EPIPE: `the connection broke off${after}`,
    ECONNREFUSED: 'the server refuses connections',
    ENOTFOUND: 'the name of the server is not known',
    EAI_AGAIN: 'the name of the server cannot be looked up at present',
    EHOSTUNREACH: 'there is no way to the server',
    ENETUNREACH: 'there is no way to the server',
  };
  return (code && reasons[code]) || `${message}${after}${code ? ` (${code})` : ''}`;
}

const failed = (url: string, reason: string, retry: boolean, cause?: unknown) =>
  new DownloadFailed({ image: maskedUrl(url), reason, retry }, cause === undefined ? undefined : { cause });

const firstOf = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

function nextHop(from: URL, location: string | undefined, status: number): URL {
  if (!location) throw failed(from.href, `the server said ${status} without a Location`, false);
  if (!URL.canParse(location, from.href)) throw failed(from.href, 'it leads to something that is no URL', false);
  const next = new URL(location, from);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') {
    throw failed(from.href, `it leads to ${maskedUrl(next.href)}, and only http and https are followed`, false);
  }
  return next;
}

function statusFault(url: string, status: number, via: string) {
  const at = via === url ? '' : ` at ${maskedUrl(via)}`;
  if (status === 404 || status === 410) {
    return new ImageMissing({ image: maskedUrl(url), reason: `the server said ${status}${at}` });
  }
  const retry = status >= 500 || [408, 416, 429].includes(status);
  return new DownloadFailed({ image: maskedUrl(url), reason: `the server said ${status}${at}`, retry, code: status });
}

interface Sized {
  readonly total?: number;
  readonly from: number;
}

function sizesOf(response: Dispatcher.ResponseData): Sized {
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(firstOf(response.headers['content-range']) ?? '');
  if (response.statusCode === 206 && range) return { from: Number(range[1]), total: Number(range[2]) };
  const length = firstOf(response.headers['content-length']);
  return { from: 0, ...(length && /^\d{1,15}$/.test(length) ? { total: Number(length) } : {}) };
}

/** Speaks to image web servers; keeps connections until `close`. */
export class ImageClient {
  readonly settings: HttpSettings;
  readonly #agent: Agent;

  constructor(settings: HttpSettings) {
    this.settings = settings;
    const { verify = true, tlsMinimum, ciphers } = settings;
    this.#agent = new Agent({
      connect: {
        timeout: settings.connectTimeout,
        rejectUnauthorized: verify !== false,
        ...(typeof verify === 'string' ? { ca: verify } : {}),
        ...(tlsMinimum ? { minVersion: `TLSv${tlsMinimum}` as const } : {}),
        ...(ciphers ? { ciphers } : {}),
      },
    });
  }

  /** Open an image, following redirects. Throws ImageNotFound or ImageDownloadFailed; whoever opens reads the body. */
  async open(url: string, asked: OpenRequest = {}): Promise<OpenedImage> {
    const first = new URL(url);
    let at = first;
    for (let hop = 0; hop <= (this.settings.mostRedirects ?? 10); hop += 1) {
      const response = await this.#once(at, first, asked);
      const { statusCode: status, headers } = response;
      if ([301, 302, 303, 307, 308].includes(status)) {
        await response.body.dump({ limit: 16_384 }).catch(() => {});
        at = nextHop(at, firstOf(headers.location), status);
        continue;
      }
      if (status !== 200 && status !== 206) {
        await response.body.dump({ limit: 16_384 }).catch(() => {});
        throw statusFault(url, status, at.href);
      }
      return this.#opened(at, response);
    }
    throw failed(
      url,
      `more than ${this.settings.mostRedirects ?? 10} redirects, the last to ${maskedUrl(at.href)}`,
      false,
    );
  }

  #opened(at: URL, response: Dispatcher.ResponseData): OpenedImage {
    const encoding = firstOf(response.headers['content-encoding']);
    if (encoding && encoding !== 'identity') {
      response.body.destroy();
      throw failed(at.href, `the server sends it in the content encoding ${encoding}`, false);
    }
    const etag = firstOf(response.headers.etag);
    const lastModified = firstOf(response.headers['last-modified']);
    const contentType = firstOf(response.headers['content-type']);
    return {
      url: withoutCredentials(at).href,
      status: response.statusCode,
      ...sizesOf(response),
      ...(etag ? { etag } : {}),
      ...(lastModified ? { lastModified } : {}),
      ...(contentType ? { contentType } : {}),
      body: response.body,
    };
  }

  async #once(at: URL, first: URL, asked: OpenRequest): Promise<Dispatcher.ResponseData> {
    try {
      const response = await request(withoutCredentials(at), {
        dispatcher: this.#agent,
        method: asked.method ?? 'GET',
        headers: {
          ...asked.headers,
          ...(at.origin === first.origin && asked.proof),
          ...this.#authorization(at, first),
        },
        headersTimeout: this.settings.connectTimeout,
        bodyTimeout: this.settings.stallTimeout,
        ...(asked.signal ? { signal: asked.signal } : {}),
      });
      // Whoever reads the body hears of its errors; a body that nobody reads any more must not end the process.
      response.body.on('error', () => {});
      return response;
    } catch (error) {
      asked.signal?.throwIfAborted();
      throw failed(at.href, `${transferReason(error, this.settings)} (${shownHost(at)})`, true, error);
    }
  }

  #authorization(at: URL, first: URL): Record<string, string> {
    const auth = ownOf(at) ?? (at.origin === first.origin ? (ownOf(first) ?? this.settings.basicAuth) : undefined);
    if (!auth) return {};
    return { authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}` };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

const ownOf = (url: URL) =>
  url.username ? { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) } : undefined;

function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

const shownHost = (url: URL): string => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return `${isIP(host) === 6 ? `[${host}]` : host} port ${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
};
