// What a simulated agent asks of the API: root, inspection, lookup, heartbeat.

import { type Dispatcher, request } from 'undici';
import { defineError } from '#base/errors.ts';

/** What lookup told. */
export interface Found {
  readonly uuid: string;
  /** Seconds. */
  readonly heartbeatTimeout: number;
  /** Absent when the service gave it out before. */
  readonly token?: string;
}

export interface Beat {
  readonly callback_url: string;
  readonly agent_version: string;
  readonly agent_token: string;
  readonly agent_verify_ca?: string;
}

export const CallRefused = defineError(
  'CallRefused',
  502,
  (p: { call: string; status: number; reply: string }) => `${p.call} was answered with ${p.status}: ${p.reply}`,
);

const ASSUMED = 31;
const NEWEST = 68;
const LOOKUP = 62;
/** From which minor version on each field of a heartbeat is known. */
const beatFields: Readonly<Record<keyof Beat, number>> = {
  callback_url: 0,
  agent_version: 36,
  agent_token: 62,
  agent_verify_ca: 68,
};
const MASKED = '******';
const LEAST_TOKEN = 32;

export class AgentCaller {
  readonly #http: Dispatcher;
  readonly #signal: AbortSignal;
  readonly #urls: readonly string[];
  #url: string;
  #minor = ASSUMED;

  /** `urls`: the value of ipa-api-url, one or more separated by commas. */
  constructor(http: Dispatcher, urls: string, signal: AbortSignal) {
    this.#http = http;
    this.#signal = signal;
    this.#urls = urls
      .split(',')
      .map((url) => url.trim().replace(/\/+$/, ''))
      .filter(Boolean);
    this.#url = this.#urls[0] ?? '';
  }

  /** The minor version spoken, from 31 to 68. */
  get minor(): number {
    return this.#minor;
  }

  /** Find the first API of the list that answers, and the version to speak. */
  async negotiate(): Promise<void> {
    for (const url of this.#urls) {
      try {
        const root = (await this.#call(url, 'GET', '/', ASSUMED)) as { default_version?: { version?: string } };
        const minor = Number(root.default_version?.version?.split('.')[1]);
        this.#url = url;
        this.#minor = Number.isInteger(minor) ? Math.min(minor, NEWEST) : ASSUMED;
        return;
      } catch {
        this.#signal.throwIfAborted();
      }
    }
  }

  async lookup(macs: readonly string[], uuid?: string): Promise<Found> {
    const query = new URLSearchParams({ addresses: macs.join(','), ...(uuid && { node_uuid: uuid }) });
    const path = `/v1/lookup?${query}`;
    const reply = (await this.#call(this.#url, 'GET', path, Math.min(this.#minor, LOOKUP))) as {
      node: { uuid: string };
      config: { heartbeat_timeout?: number; agent_token?: string | null };
    };
    const token = reply.config.agent_token ?? '';
    return {
      uuid: reply.node.uuid,
      heartbeatTimeout: reply.config.heartbeat_timeout ?? 300,
      ...(token !== MASKED && token.length >= LEAST_TOKEN && { token }),
    };
  }

  async heartbeat(uuid: string, beat: Beat): Promise<void> {
    const known = Object.entries(beat).filter(([field]) => beatFields[field as keyof Beat] <= this.#minor);
    await this.#call(this.#url, 'POST', `/v1/heartbeat/${uuid}`, this.#minor, Object.fromEntries(known));
  }

  /** Post inspection data to the callback `url`; the reply may name the node. */
  async inspected(url: string, data: unknown): Promise<string | undefined> {
    const reply = (await this.#call(url, 'POST', '', 1, data)) as { uuid?: string; node?: { uuid?: string } };
    return reply?.uuid ?? reply?.node?.uuid;
  }

  async #call(base: string, method: 'GET' | 'POST', path: string, minor: number, body?: unknown): Promise<unknown> {
    const reply = await request(`${base}${path}`, {
      method,
      dispatcher: this.#http,
      signal: this.#signal,
      headers: {
        accept: 'application/json',
        'x-openstack-ironic-api-version': `1.${minor}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.body.text();
    if (reply.statusCode >= 300) {
      throw new CallRefused({ call: `${method} ${base}${path}`, status: reply.statusCode, reply: text.slice(0, 300) });
    }
    return text ? JSON.parse(text) : null;
  }
}
