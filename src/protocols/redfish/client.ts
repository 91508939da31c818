// A Redfish client: JSON over HTTP(S) with basic authentication (reference: redfish/resources.md §1, §3, §4).
import { readFile } from 'node:fs/promises';
import { Agent, type Dispatcher, request } from 'undici';
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import { RedfishAuthFailed, RedfishBadAnswer, RedfishRefused, RedfishUnreachable, saidBy } from './errors.ts';

/** A BMC and how it is known. */
export interface RedfishDoor {
  /** Scheme, host, port and root prefix, without a trailing slash. */
  readonly root: string;
  readonly username: string;
  readonly password: string;
  /** A file of certificates to trust, true for the system's own, false for none. */
  readonly verify: boolean | string;
}

export interface RedfishOptions {
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** Tries for what may be asked twice, and the pause between them. */
  readonly attempts: number;
  readonly pauseMs: number;
}

/** A resource as it was read: its path from `/redfish` on, its document, and the tag that a change of it needs. */
export interface Resource {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly etag: string | undefined;
}

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly etag: string | undefined;
}

const mostBytes = 8 * 1024 * 1024;

export class RedfishClient {
  readonly #options: RedfishOptions;
  readonly #dispatchers = new Map<string, Agent>();

  constructor(options: RedfishOptions) {
    this.#options = options;
  }

  /** Read a resource. Throws RedfishUnreachable, RedfishAuthFailed, RedfishRefused or RedfishBadAnswer. */
  async get(door: RedfishDoor, path: string, signal: AbortSignal): Promise<Resource> {
    const { attempts, pauseMs, clock } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        const { body, etag } = await this.#ask(door, { method: 'GET', path, signal });
        const tag = etag ?? (typeof body['@odata.etag'] === 'string' ? body['@odata.etag'] : undefined);
        return { path, body, etag: tag || undefined };
      } catch (error) {
        const passing = RedfishUnreachable.is(error) || (RedfishRefused.is(error) && error.facts.status >= 500);
        if (signal.aborted || !passing || attempt >= attempts) throw error;
        await clock.sleep(pauseMs, signal);
      }
    }
  }

  /** Run an action; sent once, as it may have run though no answer came. Throws as `get`. */
  async post(door: RedfishDoor, path: string, body: object, signal: AbortSignal): Promise<void> {
    await this.#ask(door, { method: 'POST', path, body, signal });
  }

  /** Change a resource that was read; where its tag does not fit, once more with the strong form, then without one. */
  async patch(door: RedfishDoor, resource: Resource, body: object, signal: AbortSignal): Promise<void> {
    const { etag, path } = resource;
    const tags = etag ? [...new Set([etag, etag.replace(/^W\//, ''), undefined])] : [undefined];
    for (const tag of tags) {
      try {
        await this.#ask(door, { method: 'PATCH', path, body, signal, ...(tag && { tag }) });
        return;
      } catch (error) {
        if (!(RedfishRefused.is(error) && error.facts.status === 412) || tag === undefined) throw error;
      }
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#dispatchers.values()].map((d) => d.destroy()));
    this.#dispatchers.clear();
  }

  async #ask(
    door: RedfishDoor,
    ask: { method: 'GET' | 'POST' | 'PATCH'; path: string; body?: object; tag?: string; signal: AbortSignal },
  ): Promise<Reply> {
    const { method, path } = ask;
    const where = { url: `${door.root}${path}`, method };
    let reply: Dispatcher.ResponseData;
    let text: string;
    try {
      reply = await request(where.url, {
        method,
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          'odata-version': '4.0',
          ...(ask.body && { 'content-type': 'application/json' }),
          ...(ask.tag && { 'if-match': ask.tag }),
          ...(door.username && { authorization: basic(door) }),
        },
        ...(ask.body && { body: JSON.stringify(ask.body) }),
        headersTimeout: this.#options.readTimeoutMs,
        bodyTimeout: this.#options.readTimeoutMs,
        signal: ask.signal,
        dispatcher: await this.#dispatcher(door.verify),
      });
      text = await readBounded(reply.body);
    } catch (error) {
      if (ask.signal.aborted) throw error;
      throw new RedfishUnreachable({ ...where, why: explain(error) }, { cause: error });
    }
    const { statusCode: status } = reply;
    if (status === 401 || status === 403)
      throw new RedfishAuthFailed({ ...where, username: door.username, status, why: saidBy(text) });
    if (status >= 300) throw new RedfishRefused({ ...where, status, why: saidBy(text) });
    const etag = reply.headers.etag;
    return { status, body: parsed(where, text), etag: typeof etag === 'string' ? etag : undefined };
  }

  /** BMCs choke on connections that are kept: each request has its own. */
  async #dispatcher(verify: boolean | string): Promise<Agent> {
    const ca = typeof verify === 'string' ? await readFile(verify, 'utf8') : undefined;
    const key = ca ?? String(verify);
    let dispatcher = this.#dispatchers.get(key);
    if (!dispatcher) {
      const connect = {
        timeout: this.#options.connectTimeoutMs,
        ...(ca ? { ca } : { rejectUnauthorized: verify !== false }),
      };
      dispatcher = new Agent({ connect, pipelining: 0 });
      this.#dispatchers.set(key, dispatcher);
    }
    return dispatcher;
  }
}

const basic = ({ username, password }: RedfishDoor): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

async function readBounded(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > mostBytes) throw new Error(`the answer is longer than ${mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parsed(where: { url: string; method: string }, text: string): Readonly<Record<string, unknown>> {
  if (!text.trim()) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below: what came is no document.
  }
  if (where.method !== 'GET') return {};
  throw new RedfishBadAnswer({ ...where, what: `not a JSON object but "${text.slice(0, 60)}"` });
}
