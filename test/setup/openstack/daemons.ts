// Programs that run beside a test, each in a process group of its own, in one folder that goes with them. A guard outlives
// the test process: whatever way that ends, what still runs is ended and the folder removed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Reads its standard input, which ends with the test process; then kills the groups that are noted, and removes all. */
const guardScript = 'cat >/dev/null; for f in "$0"/run/*.group; do kill -s KILL -- "-$(cat "$f")"; done; rm -rf "$0"';
const patienceMs = 20_000;

export class Daemons {
  readonly folder: string;
  readonly #running = new Map<string, ChildProcess>();
  readonly #guard: ChildProcess;

  private constructor(folder: string) {
    this.folder = folder;
    this.#guard = spawn('/bin/sh', ['-c', guardScript, folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }

  static async open(name: string): Promise<Daemons> {
    const folder = await mkdtemp(join(tmpdir(), `${name}-`));
    for (const one of ['run', 'log', 'etc', 'lib', 'empty']) await mkdir(join(folder, one));
    return new Daemons(folder);
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Write a configuration file and return its path. */
  async config(name: string, text: string): Promise<string> {
    const file = this.path('etc', name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  }

  async start(name: string, { command, args, env = {} }: Program): Promise<void> {
    const output = await open(this.path('log', `${name}.log`), 'a');
    try {
      const stdio = ['ignore', output.fd, output.fd] as ['ignore', number, number];
      const child = spawn(command, [...args], { detached: true, stdio, env: { ...process.env, ...env } });
      await once(child, 'spawn');
      await writeFile(this.path('run', `${name}.group`), String(child.pid));
      this.#running.set(name, child);
    } finally {
      await output.close();
    }
  }

  /** Run to its end; rejects with the end of its output when that is not a success. */
  async run(name: string, program: Program): Promise<void> {
    await this.start(name, program);
    const child = this.#running.get(name)!;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await this.#forget(name);
    if (child.exitCode !== 0)
      throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}:\n${await this.tail(name)}`);
  }

  /** The end of what a program said. */
  async tail(name: string): Promise<string> {
    return (await readFile(this.path('log', `${name}.log`), 'utf8').catch(() => '')).slice(-3000);
  }

  /** Wait for `ready`; rejects when the program ends before that, or says nothing good for too long. */
  async until(name: string, ready: () => Promise<boolean>): Promise<void> {
    const child = this.#running.get(name);
    for (let tries = 0; tries < 1200; tries += 1) {
      if (await ready().catch(() => false)) return;
      if (!child || child.exitCode !== null || child.signalCode !== null) break;
      await pause(100);
    }
    throw new Error(`${name} is not ready:\n${await this.tail(name)}`);
  }

  async stop(name: string, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#running.get(name);
    if (!child?.pid) return;
    killGroup(child.pid, signal);
    for (let waited = 0; await groupLives(child.pid); waited += 50) {
      if (waited >= patienceMs) killGroup(child.pid, 'SIGKILL');
      await pause(50);
    }
    await this.#forget(name);
  }

  async #forget(name: string): Promise<void> {
    this.#running.delete(name);
    await rm(this.path('run', `${name}.group`), { force: true });
  }

  /** Ends everything, what was started last first, and removes the folder. */
  async close(): Promise<void> {
    for (const name of [...this.#running.keys()].reverse()) await this.stop(name, 'SIGKILL');
    const gone = once(this.#guard, 'exit');
    this.#guard.stdin?.end();
    await gone;
  }
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}

/** Zombies don't count: where nothing reaps orphans, they stay. (proc(5): state and process group after the name) */
async function groupLives(group: number): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.some((stat) => {
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(pgrp) === group && state !== 'Z';
  });
}
