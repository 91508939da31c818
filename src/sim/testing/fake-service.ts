// A service just big enough for agents: root, lookup, heartbeat, inspection and files; and a conductor's hand to drive them.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import type { CommandResult } from '../command-desk.ts';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly version: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: what an agent sent, looked at by tests
  readonly body: any;
  readonly at: number;
}

export class FakeService {
  readonly seen: Seen[] = [];
  /** Files served under their path; those in `held` once their promise has resolved. */
  readonly files = new Map<string, string | Buffer>();
  readonly held = new Map<string, Promise<unknown>>();
  readonly token = 'T'.repeat(43);
  uuid = '11111111-2222-3333-4444-555555555555';
  version = '1.115';
  heartbeatTimeout = 300;
  /** Answers lookups while it returns a status other than 200. */
  lookupStatus: () => number = () => 200;
  heartbeatStatus: () => number = () => 202;
  /** Whether every lookup gets the token, as with thousands of machines behind one fake node. */
  generous = false;
  #tokenGiven = false;
  #server: Server;

  private constructor() {
    this.#server = createServer((message, response) => {
      this.#answer(message).then(
        ({ status, body }) => {
          response.writeHead(status, { 'content-type': 'application/json' });
          response.end(body instanceof Buffer || typeof body === 'string' ? body : JSON.stringify(body));
        },
        () => response.destroy(),
      );
    });
  }

  static async start(): Promise<FakeService> {
    const service = new FakeService();
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Power was taken: the next lookup gets a token again. */
  wipeToken(): void {
    this.#tokenGiven = false;
  }

  calls(path: string): Seen[] {
    return this.seen.filter((seen) => seen.path.startsWith(path));
  }

  get beats(): Seen[] {
    return this.calls('/v1/heartbeat');
  }

  /** Give the agent of the last heartbeat a command, as a conductor does. */
  async command(name: string, params: object = {}, { wait = true, token = this.token } = {}) {
    return this.agent<CommandResult>('POST', `/v1/commands/?wait=${wait}&agent_token=${token}`, { name, params });
  }

  async agent<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; body: T }> {
    const { callback_url: url, agent_verify_ca: ca } = this.beats.at(-1)!.body;
    const dispatcher = new Agent({ connect: ca ? { ca } : {}, pipelining: 0 });
    try {
      const reply = await request(`${url}${path}`, {
        method,
        dispatcher,
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: reply.statusCode, body: (await reply.body.json()) as T };
    } finally {
      await dispatcher.destroy();
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(message: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const url = new URL(message.url ?? '/', 'http://service');
    const chunks = await message.toArray();
    const text = Buffer.concat(chunks).toString();
    this.seen.push({
      method: message.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      version: message.headers['x-openstack-ironic-api-version'] as string | undefined,
      body: text ? JSON.parse(text) : undefined,
      at: performance.now(),
    });
    await this.held.get(url.pathname);
    const file = this.files.get(url.pathname);
    if (file !== undefined) return { status: 200, body: file };
    if (url.pathname === '/') return { status: 200, body: { default_version: { id: 'v1', version: this.version } } };
    if (url.pathname === '/v1/lookup') return this.#lookup();
    if (url.pathname.startsWith('/v1/heartbeat/')) return { status: this.heartbeatStatus(), body: '' };
    if (url.pathname === '/v1/continue_inspection') return { status: 200, body: { uuid: this.uuid } };
    return { status: 404, body: {} };
  }

  #lookup(): { status: number; body: unknown } {
    const status = this.lookupStatus();
    if (status !== 200) return { status, body: { error_message: 'no' } };
    const token = this.#tokenGiven && !this.generous ? '******' : this.token;
    this.#tokenGiven = true;
    return {
      status,
      body: { node: { uuid: this.uuid }, config: { heartbeat_timeout: this.heartbeatTimeout, agent_token: token } },
    };
  }
}
