// The HTTP client of the ramdisk agent (reference: agent-api.md §2).
import { readFile } from 'node:fs/promises';
import { Agent, type Dispatcher, request } from 'undici';
import type { Clock } from '#base/clock.ts';
import { defineError, explain } from '#base/errors.ts';

export const AgentConnectionFailed = defineError(
  'AgentConnectionFailed',
  500,
  (p: { url: string; what: string; attempts: number; why: string }) =>
    `The ramdisk at ${p.url} could not be reached for "${p.what}" (${p.attempts} attempt${p.attempts === 1 ? '' : 's'}): ${p.why}`,
);
export const AgentApiError = defineError(
  'AgentAPIError',
  500,
  (p: { url: string; what: string; status: number; why: string }) =>
    `The ramdisk at ${p.url} refused "${p.what}" with HTTP ${p.status}: ${p.why}`,
);
export const AgentBusy = defineError(
  'AgentInProgress',
  500,
  (p: { url: string; what: string }) => `The ramdisk at ${p.url} is busy with another command; "${p.what}" has to wait`,
);

/** A command's result as the agent tells it. */
export interface AgentCommand {
  readonly id: string;
  readonly command_name: string;
  readonly command_status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CLEAN_VERSION_MISMATCH';
  readonly command_result: Readonly<Record<string, unknown>> | null;
  readonly command_error: { type?: string; code?: number; message?: string; details?: string } | null;
}

/** Where an agent is reached and how it is known. */
export interface AgentDoor {
  readonly url: string;
  readonly token: string | undefined;
  /** A certificate file to trust, true for the system's own, false for none. */
  readonly verify: string | boolean;
}

export interface AgentClientOptions {
  readonly commandTimeoutMs: number;
  readonly maxAttempts: number;
  readonly clock: Clock;
}

/** An answer of an agent is at most this long: step lists and logs are far below it. */
const mostBytes = 64 * 1024 * 1024;

export class AgentClient {
  readonly #options: AgentClientOptions;
  readonly #dispatchers = new Map<string, Agent>();

  constructor(options: AgentClientOptions) {
    this.#options = options;
  }

  /**
   * Give a command, `wait` until it has ended (for those that are short). A command that timed out but is found running
   * counts as accepted. Throws AgentConnectionFailed, AgentApiError, AgentBusy.
   */
  async command(
    door: AgentDoor,
    name: string,
    params: Readonly<Record<string, unknown>>,
    options: { wait: boolean; signal: AbortSignal },
  ): Promise<AgentCommand> {
    const query = new URLSearchParams({ wait: String(options.wait) });
    if (door.token) query.set('agent_token', door.token);
    const url = `${door.url.replace(/\/+$/, '')}/v1/commands/?${query}`;
    const body = JSON.stringify({ name, params });
    const what = name;
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.#ask(door, { method: 'POST', url, body, what, signal: options.signal })) as AgentCommand;
      } catch (error) {
        if (!(error instanceof Unreached)) throw error;
        options.signal.throwIfAborted();
        const running = await this.#foundRunning(door, name, options.signal);
        if (running) return running;
        if (attempt >= this.#options.maxAttempts)
          throw new AgentConnectionFailed({ url: door.url, what, attempts: attempt, why: explain(error.cause) });
        await this.#options.clock.sleep(attempt * 500, options.signal);
      }
    }
  }

  /** The agent's commands since it started, the oldest first. */
  async commands(door: AgentDoor, signal: AbortSignal): Promise<readonly AgentCommand[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#list(door, signal);
      } catch (error) {
        if (!(error instanceof Unreached)) throw error;
        signal.throwIfAborted();
        if (attempt >= this.#options.maxAttempts)
          throw new AgentConnectionFailed({
            url: door.url,
            what: 'list of commands',
            attempts: attempt,
            why: explain(error.cause),
          });
        await this.#options.clock.sleep(attempt * 500, signal);
      }
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#dispatchers.values()].map((d) => d.destroy()));
    this.#dispatchers.clear();
  }

  async #list(door: AgentDoor, signal: AbortSignal): Promise<readonly AgentCommand[]> {
    const query = door.token ? `?${new URLSearchParams({ agent_token: door.token })}` : '';
    const url = `${door.url.replace(/\/+$/, '')}/v1/commands/${query}`;
    const reply = await this.#ask(door, { method: 'GET', url, what: 'list of commands', signal });
    return (reply as { commands?: AgentCommand[] } | null)?.commands ?? [];
  }

  async #foundRunning(door: AgentDoor, name: string, signal: AbortSignal): Promise<AgentCommand | undefined> {
    try {
      const last = (await this.#list(door, signal)).at(-1);
      const short = name.slice(name.indexOf('.') + 1);
      return last && last.command_status === 'RUNNING' && last.command_name.endsWith(short) ? last : undefined;
    } catch {
      return undefined;
    }
  }

  async #ask(
    door: AgentDoor,
    ask: { method: 'GET' | 'POST'; url: string; body?: string; what: string; signal: AbortSignal },
  ): Promise<unknown> {
    const timeout = this.#options.commandTimeoutMs;
    let reply: Dispatcher.ResponseData;
    let text: string;
    try {
      reply = await request(ask.url, {
        method: ask.method,
        ...(ask.body !== undefined && { body: ask.body }),
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        headersTimeout: timeout,
        bodyTimeout: timeout,
        signal: ask.signal,
        dispatcher: await this.#dispatcher(door.verify),
      });
      text = await readBounded(reply.body);
    } catch (error) {
      throw new Unreached(error);
    }
    if (reply.statusCode < 300) return JSON.parse(text || 'null');
    const why = faultOf(text);
    if (reply.statusCode === 409 || /agent is busy/i.test(why)) throw new AgentBusy({ url: door.url, what: ask.what });
    throw new AgentApiError({ url: door.url, what: ask.what, status: reply.statusCode, why });
  }

  async #dispatcher(verify: string | boolean): Promise<Agent> {
    const ca = typeof verify === 'string' ? await readFile(verify, 'utf8') : undefined;
    const key = ca ?? String(verify);
    let dispatcher = this.#dispatchers.get(key);
    if (!dispatcher) {
      // Each boot of a ramdisk brings its own certificate: old ones must not pile up.
      if (this.#dispatchers.size > 500) await this.close();
      dispatcher = new Agent({
        connect: { timeout: 10_000, ...(ca ? { ca } : { rejectUnauthorized: verify !== false }) },
        keepAliveTimeout: 5_000,
      });
      this.#dispatchers.set(key, dispatcher);
    }
    return dispatcher;
  }
}

/** No answer came: worth another attempt. The reason is its cause. */
class Unreached extends Error {
  constructor(cause: unknown) {
    super('no answer', { cause });
  }
}

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

function faultOf(text: string): string {
  try {
    const fault = JSON.parse(text) as { faultstring?: string; error?: string; message?: string };
    return fault.faultstring ?? fault.message ?? fault.error ?? text.slice(0, 300);
  } catch {
    return text.slice(0, 300) || 'no reason given';
  }
}
