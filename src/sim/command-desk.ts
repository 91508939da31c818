// The agent's HTTP API: takes commands one at a time, keeps their results. Knows no sockets.
import { explain, Fault } from '#base/errors.ts';
import { newUuid } from '#base/ids.ts';
import { type AgentCommand, type AgentWork, agentCommands, VersionMismatch } from './agent-commands.ts';
import type { AgentReply, AgentRequest } from './agent-door.ts';

export interface CommandResult {
  readonly id: string;
  /** Without the extension's prefix. */
  readonly command_name: string;
  command_status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CLEAN_VERSION_MISMATCH';
  command_result: unknown;
  command_error: { type: string; code: number; message: string; details: string } | null;
}

interface Job {
  readonly result: CommandResult;
  readonly done: Promise<void>;
}

export interface DeskOptions {
  readonly work: AgentWork;
  /** What every command call must carry. */
  readonly token: string;
  readonly version: string;
  readonly startedAt: number;
  /** An async command has ended: the agent calls home. */
  onEnd(): void;
}

/** An error as the agent's API words it: whose fault, and a sentence. */
const fault = (status: number, faultstring: string): AgentReply => ({
  status,
  body: { faultcode: status >= 500 ? 'Server' : 'Client', faultstring },
});

export class CommandDesk {
  readonly #options: DeskOptions;
  readonly #jobs: Job[] = [];

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** Answer one call of the agent's API; `signal` ends a wait for a command's end. */
  async answer(request: AgentRequest, signal: AbortSignal): Promise<AgentReply> {
    const [first = '', ...rest] = request.path.split('/').filter(Boolean);
    const [room = '', id] = first === 'v1' ? rest : [first, ...rest];
    if (room === '' && request.method === 'GET') return this.#discovery();
    if (room === 'status' && request.method === 'GET') return this.#status();
    if (room !== 'commands') return fault(404, `There is nothing at ${request.path}`);
    if (request.query.get('agent_token') !== this.#options.token) {
      return fault(401, 'Token invalid or missing.');
    }
    const wait = request.query.get('wait') === 'true' ? signal : null;
    if (request.method === 'POST') return this.#take(request.body, wait);
    return id === undefined ? this.#list() : this.#show(id, wait);
  }

  #discovery(): AgentReply {
    return { status: 200, body: { name: 'simulated agent', version: this.#options.version, versions: [{ id: 'v1' }] } };
  }

  #status(): AgentReply {
    return { status: 200, body: { started_at: this.#options.startedAt / 1000, version: this.#options.version } };
  }

  #list(): AgentReply {
    return { status: 200, body: { commands: this.#jobs.map((job) => job.result) } };
  }

  async #show(id: string, wait: AbortSignal | null): Promise<AgentReply> {
    const job = this.#jobs.find(({ result }) => result.id === id);
    if (!job) return fault(404, `There is no command ${id}`);
    return finished(job, wait);
  }

  async #take(body: unknown, wait: AbortSignal | null): Promise<AgentReply> {
    const order = body as { name?: unknown; params?: unknown } | null | undefined;
    const params = order?.params;
    if (typeof order?.name !== 'string' || !params || typeof params !== 'object' || Array.isArray(params)) {
      return fault(400, 'Invalid request body: a command is {"name": "extension.command", "params": {}}');
    }
    const busy = this.#jobs.at(-1);
    if (busy?.result.command_status === 'RUNNING') {
      return fault(409, `Agent is busy: executing ${busy.result.command_name}`);
    }
    const command = Object.hasOwn(agentCommands, order.name) ? agentCommands[order.name] : undefined;
    if (!command) return unknown(order.name);
    const job = this.#start(order.name, command, params as Record<string, unknown>);
    if (command.kind === 'sync') await job.done;
    return finished(job, wait);
  }

  #start(name: string, command: AgentCommand, params: Record<string, unknown>): Job {
    const result: CommandResult = {
      id: newUuid(),
      command_name: name.split('.').at(-1)!,
      command_status: 'RUNNING',
      command_result: null,
      command_error: null,
    };
    this.#options.work.hardware.console.line(`agent: ${name}`);
    const done = this.#run(result, command, params);
    const job = { result, done };
    this.#jobs.push(job);
    return job;
  }

  async #run(result: CommandResult, command: AgentCommand, params: Record<string, unknown>): Promise<void> {
    const { work } = this.#options;
    try {
      result.command_result = await command.run(work, params);
      result.command_status = 'SUCCEEDED';
    } catch (error) {
      result.command_error = errorOf(error);
      result.command_status = VersionMismatch.is(error) ? 'CLEAN_VERSION_MISMATCH' : 'FAILED';
      work.hardware.console.line(`agent: ${result.command_name} failed: ${explain(error)}`);
    }
    if (command.kind === 'async' && !work.signal.aborted) this.#options.onEnd();
  }
}

/** compat: an extension that is not there is 404, a command that its extension does not have is 400. */
function unknown(name: string): AgentReply {
  const [extension = ''] = name.split('.');
  const known = Object.keys(agentCommands).some((other) => other.startsWith(`${extension}.`));
  return known
    ? fault(400, `Invalid command: there is no ${name}`)
    : fault(404, `Not found: there is no extension ${extension}`);
}

function errorOf(error: unknown): NonNullable<CommandResult['command_error']> {
  const known = error instanceof Fault ? error : null;
  const message = explain(error);
  return { type: known?.name ?? 'CommandExecutionError', code: known?.status ?? 500, message, details: message };
}

async function finished(job: Job, wait: AbortSignal | null): Promise<AgentReply> {
  if (wait && !wait.aborted) {
    const gone = new Promise<void>((resolve) => wait.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([job.done, gone]);
  }
  return { status: 200, body: job.result };
}
