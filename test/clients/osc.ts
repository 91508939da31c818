// `openstack`, one command after another in one Python process.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openSession } from './session.ts';

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Osc {
  /** Words that are separated by spaces, then arguments as they are; rejects when the command fails. */
  run(words: string, ...more: string[]): Promise<string>;
  /** The same with `-f json`. */
  json<Answer = Record<string, unknown>>(words: string, ...more: string[]): Promise<Answer>;
  /** What a command says that fails. */
  fails(words: string, ...more: string[]): Promise<string>;
  /** All commands of the bare metal plugin, and those that ran here. */
  commands(): Promise<{ all: string[]; ran: Set<string> }>;
  end(): Promise<void>;
}

export const noAuth = (url: string) => ({ OS_AUTH_TYPE: 'none', OS_ENDPOINT: url });

export function openOsc(bin: string, url: string): Osc {
  const script = join(import.meta.dirname, 'osc_session.py');
  const session = openSession(join(bin, 'python'), [script], noAuth(url));
  const asked: string[] = [];
  const ask = (words: string, more: readonly string[]): Promise<Ran> => {
    const argv = [...words.split(' '), ...more];
    asked.push(argv.join(' '));
    return session.ask<Ran>(argv);
  };
  const run = async (words: string, ...more: string[]) => {
    const ran = await ask(words, more);
    if (ran.code !== 0) throw new Error(`openstack ${words} ${more.join(' ')} ended with ${ran.code}: ${ran.err}`);
    return ran.out;
  };
  return {
    run,
    async json<Answer>(words: string, ...more: string[]) {
      const out = await run(words, ...more, '-f', 'json');
      return JSON.parse(out.slice(out.search(/^[[{]/m))) as Answer;
    },
    async fails(words, ...more) {
      const ran = await ask(words, more);
      if (ran.code === 0) throw new Error(`openstack ${words} should have failed, and said: ${ran.out}`);
      return ran.err;
    },
    async commands() {
      const all = await session.ask<string[]>('commands');
      const longest = all.toSorted((a, b) => b.length - a.length);
      const commandOf = (line: string) => longest.find((name) => `${line} `.startsWith(`${name} `));
      return { all, ran: new Set(asked.map(commandOf).filter((name) => name !== undefined)) };
    },
    end: () => session.end(),
  };
}

const runFile = promisify(execFile);

/** One `openstack` as a user runs it, a process of its own; rejects with what it said when it fails. */
export async function openstack(bin: string, url: string, words: string, ...more: string[]): Promise<string> {
  const options = ['--os-auth-type', 'none', '--os-endpoint', url];
  return (await runFile(join(bin, 'openstack'), [...options, ...words.split(' '), ...more])).stdout;
}
