// An API of a few answers, for tests of its clients.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly text?: string;
}

type Answer = Reply | ((seen: Seen) => Reply);

/** Answers by `METHOD /path` (without the query); several answers are given one after the other, the last one again. */
export class FakeApi {
  readonly seen: Seen[] = [];
  readonly answers = new Map<string, Answer[]>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeApi> {
    const server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const seen: Seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text ? JSON.parse(text) : undefined,
      };
      api.seen.push(seen);
      const { status = 200, body, text: plain } = api.#answer(seen);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(plain ?? (body === undefined ? '' : JSON.stringify(body)));
    });
    const api = new FakeApi(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  on(request: string, ...answers: Answer[]): this {
    this.answers.set(request, answers);
    return this;
  }

  /** What was asked, without queries. */
  asked(): string[] {
    return this.seen.map(({ method, path }) => `${method} ${path.split('?')[0]}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(seen: Seen): Reply {
    const answers = this.answers.get(`${seen.method} ${seen.path.split('?')[0]}`);
    if (!answers?.length) return refusal(404, `There is nothing at ${seen.path}.`);
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    return typeof answer === 'function' ? answer(seen) : answer;
  }
}

/** A refusal in the form that Ironic has. */
export const refusal = (status: number, faultstring: string): Reply => ({
  status,
  body: { error_message: JSON.stringify({ faultcode: 'Client', faultstring, debuginfo: null }) },
});
