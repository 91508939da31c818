import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { ToolFailed } from './errors.ts';

export interface ToolRun {
  /** Everything that the program says is appended here. */
  readonly logFile: string;
  readonly signal?: AbortSignal | undefined;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Hears each line of both outputs. */
  readonly onLine?: (line: string) => void;
}

const lastLines = 6;
const saidLimit = 300;
const stopGraceMs = 5_000;

/**
 * Run a program without a shell and resolve with its standard output; `ToolFailed` when it does not end with 0.
 * Aborting ends its whole process group, kindly first, and rejects with the signal's reason once it is gone.
 */
export async function runTool(argv: readonly [string, ...string[]], run: ToolRun): Promise<string> {
  run.signal?.throwIfAborted();
  const [tool, ...args] = argv;
  const log = createWriteStream(run.logFile, { flags: 'a' });
  log.write(`$ ${argv.join(' ')}\n`);
  const child = spawn(tool, args, {
    cwd: run.cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...run.env },
  });
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid) process.kill(-child.pid, signal);
    } catch {
      // It ended at this moment.
    }
  };
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    signalGroup('SIGTERM');
    killer = setTimeout(() => signalGroup('SIGKILL'), stopGraceMs);
  };
  run.signal?.addEventListener('abort', stop, { once: true });

  const out: string[] = [];
  const tail: string[] = [];
  const hear = (line: string) => {
    log.write(`${line}\n`);
    if (line.trim() && tail.push(line.trim()) > lastLines) tail.shift();
    run.onLine?.(line);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    out.push(line);
    hear(line);
  });
  createInterface({ input: child.stderr }).on('line', hear);

  const ended = await new Promise<string | 0>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? (code === 0 ? 0 : `code ${code}`)));
  });
  clearTimeout(killer);
  run.signal?.removeEventListener('abort', stop);
  log.end();
  await finished(log);
  run.signal?.throwIfAborted();
  if (ended !== 0) throw new ToolFailed({ tool, ended, said: reason(tail), logFile: run.logFile });
  return out.join('\n');
}

/** The line that tells why, as far as one can see: the first that calls itself an error, else the last. */
function reason(tail: readonly string[]): string {
  const line = tail.find((text) => /^(E|ERROR|error): /.test(text)) ?? tail.at(-1) ?? '';
  return line.length > saidLimit ? `${line.slice(0, saidLimit)} …` : line;
}
