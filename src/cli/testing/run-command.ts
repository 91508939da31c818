// Runs a command as the program would, and keeps what it wrote.
import { Command } from 'commander';
import { type Clock, systemClock } from '#base/clock.ts';
import type { Shell } from '../api-command.ts';
import { exitCodeOf } from '../exit-codes.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Time passes at once: sleeps end immediately and move the clock. */
export function hastyClock(): Clock {
  let skipped = 0;
  return {
    now: () => systemClock.now() + skipped,
    async sleep(ms, signal) {
      skipped += ms;
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
}

/** Run `words` on the command that `make` gives; `heard` is told of each text on standard output. */
export async function runCommand(
  make: (shell: Shell) => Command,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  signal: AbortSignal = new AbortController().signal,
  heard: (text: string) => void = () => {},
): Promise<Ran> {
  let [out, err] = ['', ''];
  const sinkOf = (keep: (text: string) => void) => ({ write: keep, isTerminal: false, columns: 100 });
  const shell: Shell = {
    screen: {
      out: sinkOf((text) => {
        out += text;
        heard(text);
      }),
      err: sinkOf((text) => {
        err += text;
      }),
      colours: { out: false, err: false },
    },
    env,
    clock: hastyClock(),
    signal,
  };
  const program = new Command('ingot').addCommand(make(shell));
  try {
    await program.parseAsync(words, { from: 'user' });
    return { code: 0, out, err };
  } catch (error) {
    return { code: exitCodeOf(error), out, err: `${err}${(error as Error).message}\n` };
  }
}
