// The conductor's end of the agent's protocol in a few lines: independent of our own, to see what the ramdisk can do.
import { request } from 'node:https';

export interface AgentResult {
  readonly command_name: string;
  readonly command_status: string;
  readonly command_result: Record<string, unknown> | null;
  readonly command_error: { readonly message?: string; readonly details?: string } | null;
  readonly id: string;
}

export class AgentClient {
  readonly #port: number;
  readonly #token: string;
  readonly #ca: string;

  /** `port` on loopback leads to the agent; `ca` is the certificate of its heartbeat. */
  constructor(port: number, token: string, ca: string) {
    this.#port = port;
    this.#token = token;
    this.#ca = ca;
  }

  #call(method: string, path: string, body?: object): Promise<AgentResult> {
    const payload = body ? JSON.stringify(body) : '';
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
      const target = { host: '127.0.0.1', port: this.#port, method, path, headers, ca: this.#ca };
      const call = request({ ...target, checkServerIdentity: () => undefined }, (response) => {
        let text = '';
        response.on('data', (piece: Buffer) => {
          text += piece.toString();
        });
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${path.replace(this.#token, 'TOKEN')}: ${response.statusCode} ${text}`));
        });
      });
      call.on('error', reject);
      call.end(payload);
    });
  }

  /** Run a command and wait for its end; rejects with the agent's reason when it fails. */
  async run(name: string, params: object): Promise<AgentResult> {
    const begun = await this.#call('POST', `/v1/commands/?wait=false&agent_token=${this.#token}`, { name, params });
    const path = `/v1/commands/${begun.id}?wait=true&agent_token=${this.#token}`;
    const ended = begun.command_status === 'RUNNING' ? await this.#call('GET', path) : begun;
    if (ended.command_status !== 'SUCCEEDED')
      throw new Error(`${name} ${ended.command_status}: ${JSON.stringify(ended.command_error)}`);
    return ended;
  }
}
