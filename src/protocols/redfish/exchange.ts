// One request to a BMC and its answer: bounded in time and size, over TLS as its door says.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Agent, type Dispatcher, request } from 'undici';
import { explain } from '#base/errors.ts';
import type { RedfishDoor } from './door.ts';
import { RedfishUnreachable } from './errors.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** The longest answer that is read; the largest known are message registries of some MiB. */
const mostBytes = 8 * 1024 * 1024;

export class Exchanger {
  readonly #limits: { connectTimeoutMs: number; readTimeoutMs: number };
  readonly #agents = new Map<string, Agent>();

  constructor(limits: { connectTimeoutMs: number; readTimeoutMs: number }) {
    this.#limits = limits;
  }

  /** Send it once. Throws RedfishUnreachable where no whole answer comes; any status is an answer. */
  async send(door: RedfishDoor, ask: Exchange): Promise<RawReply> {
    const plain = await this.#once(door, ask, 'identity');
    // Some firmware has registries only in compressed form.
    return plain.status === 406 && ask.method === 'GET' ? this.#once(door, ask, 'gzip') : plain;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#agents.values()].map((agent) => agent.destroy()));
    this.#agents.clear();
  }

  async #once(door: RedfishDoor, ask: Exchange, encoding: 'identity' | 'gzip'): Promise<RawReply> {
    const where = { url: `${door.origin}${ask.path}`, method: ask.method };
    try {
      const reply = await request(where.url, {
        method: ask.method,
        headers: {
          accept: 'application/json',
          'accept-encoding': encoding,
          'odata-version': '4.0',
          ...(ask.body && { 'content-type': 'application/json' }),
          ...ask.headers,
        },
        ...(ask.body && { body: JSON.stringify(ask.body) }),
        headersTimeout: this.#limits.readTimeoutMs,
        bodyTimeout: this.#limits.readTimeoutMs,
        signal: ask.signal,
        dispatcher: await this.#agent(door),
      });
      return { status: reply.statusCode, headers: reply.headers, text: await textOf(reply) };
    } catch (error) {
      if (ask.signal.aborted) throw error;
      throw new RedfishUnreachable({ ...where, why: explain(error) }, { cause: error });
    }
  }

  /** BMCs choke on connections that are kept: each request has its own. */
  async #agent({ verify, tls }: RedfishDoor): Promise<Agent> {
    const ca = typeof verify === 'string' ? await certificatesIn(verify) : undefined;
    const key = JSON.stringify([ca ?? verify, tls]);
    let agent = this.#agents.get(key);
    if (!agent) {
      const connect = {
        timeout: this.#limits.connectTimeoutMs,
        ...(ca ? { ca } : { rejectUnauthorized: verify !== false }),
        ...(tls?.minVersion && { minVersion: tls.minVersion }),
        ...(tls?.ciphers && { ciphers: tls.ciphers }),
      };
      agent = new Agent({ connect, pipelining: 0 });
      this.#agents.set(key, agent);
    }
    return agent;
  }
}

/** The certificates of a file, or of all files of a folder. */
async function certificatesIn(place: string): Promise<string> {
  if (!(await stat(place)).isDirectory()) return readFile(place, 'utf8');
  const names = (await readdir(place)).filter((name) => /\.(pem|crt|cer)$/i.test(name)).sort();
  if (!names.length) throw new Error(`there are no .pem, .crt or .cer files in ${place}`);
  return (await Promise.all(names.map((name) => readFile(join(place, name), 'utf8')))).join('\n');
}

async function textOf(reply: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new Error(`the answer is longer than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const zipped = String(reply.headers['content-encoding'] ?? '').toLowerCase() === 'gzip';
  return (zipped ? gunzipSync(bytes, { maxOutputLength: mostBytes }) : bytes).toString('utf8');
}
