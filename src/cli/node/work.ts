// The verbs that set the service to work at a machine; each may be watched until the work is done.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { pathTo } from '../api-client.ts';
import { apiCommand, type Call, type OptionSpec, type Shell, showOne, tell } from '../api-command.ts';
import { secondsOf } from '../connection.ts';
import { UsageError } from '../exit-codes.ts';
import { ProgressLine } from '../progress-line.ts';
import { checkOutcome, goals, watch } from '../watch.ts';
import { withoutLinks } from './list.ts';

export interface WatchFlags {
  watch?: boolean;
  timeout?: string;
}

export const watchOptions: readonly OptionSpec[] = [
  { flags: '-w, --watch', help: 'show progress until the work is done; the exit code tells how it ended' },
  { flags: '--timeout <seconds>', help: 'with --watch: give up looking after this long (90, 5m, 2h)' },
];

interface VerbFlags extends WatchFlags {
  steps?: string;
  disableRamdisk?: boolean;
  runbook?: string;
  rescuePassword?: string;
}

interface Verb {
  readonly name: string;
  readonly target: string;
  readonly about: string;
  readonly options?: readonly OptionSpec[];
}

const steps: OptionSpec = { flags: '--steps <json|file>', help: 'the steps, as a JSON array or a file that holds one' };
const manual: readonly OptionSpec[] = [
  steps,
  { flags: '--runbook <name>', help: 'a stored list of steps' },
  { flags: '--disable-ramdisk', help: 'only steps that need no ramdisk' },
];

/** Verbs without arguments of their own, or with few. `deploy` and `rebuild` stand in deploy.ts. */
const verbs: readonly Verb[] = [
  { name: 'manage', target: 'manage', about: 'check that the machine can be reached, and take charge of it' },
  { name: 'provide', target: 'provide', about: 'clean the machine and make it available' },
  { name: 'undeploy', target: 'deleted', about: 'take the instance away, clean the machine, make it available' },
  { name: 'clean', target: 'clean', about: 'run cleaning steps by hand', options: manual },
  { name: 'service', target: 'service', about: 'run steps on a machine in use', options: manual },
  { name: 'inspect', target: 'inspect', about: 'find out what the machine is made of' },
  { name: 'adopt', target: 'adopt', about: 'take a machine over that runs already' },
  { name: 'abort', target: 'abort', about: 'break off the work that waits' },
  { name: 'unhold', target: 'unhold', about: 'go on with a plan that is held' },
  {
    name: 'rescue',
    target: 'rescue',
    about: 'boot a rescue system',
    options: [{ flags: '--rescue-password <text>', help: 'of its root user' }],
  },
  { name: 'unrescue', target: 'unrescue', about: 'boot the instance again' },
];

export const verbCommands = (shell: Shell): Command[] =>
  verbs.map((verb) =>
    apiCommand<VerbFlags>(
      shell,
      {
        name: verb.name,
        about: verb.about,
        takes: [['<node>', 'name or UUID']],
        options: [...(verb.options ?? []), ...watchOptions],
      },
      async (call) => order(call, verb.target, bodyOf(verb.target, call.flags)),
    ),
  );

function bodyOf(target: string, flags: VerbFlags): Record<string, unknown> {
  return {
    ...(flags.steps !== undefined && { [`${target}_steps`]: readSteps(flags.steps) }),
    ...(flags.runbook !== undefined && { runbook: flags.runbook }),
    ...(flags.disableRamdisk && { disable_ramdisk: true }),
    ...(flags.rescuePassword !== undefined && { rescue_password: flags.rescuePassword }),
  };
}

/** Steps as an argument: JSON, or the file that holds it. Throws UsageError. */
export function readSteps(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(/^\s*\[/.test(text) ? text : readFileSync(text, 'utf8'));
    if (Array.isArray(value)) return value;
  } catch (error) {
    throw new UsageError(
      { why: `--steps: "${text}" is no JSON array and no file with one (${(error as Error).message}).` },
      { cause: error },
    );
  }
  throw new UsageError({
    why: '--steps takes a JSON array such as [{"interface": "deploy", "step": "erase_devices_metadata"}].',
  });
}

/** Ask for `target`, and look on when that was wanted. */
export async function order(call: Call<WatchFlags>, target: string, args: Record<string, unknown>): Promise<void> {
  const ident = call.words[0]!;
  await call.client.send('PUT', pathTo('nodes', ident, 'states', 'provision'), { target, ...args });
  if (call.flags.watch) return lookOn(call, target, goals[target]);
  if (call.flags.json) showOne(call, withoutLinks(await call.client.get(pathTo('nodes', ident))));
  else tell(call, `Node ${ident}: begun. Look on with "ingot node wait ${ident}".`);
}

/** Show progress until the node rests, then its end: throws WorkFailed unless it is `goal`. */
export async function lookOn(
  call: Call<WatchFlags>,
  verb: string | undefined,
  goal: string | undefined,
): Promise<void> {
  const ident = call.words[0]!;
  const { screen, client, clock, signal, flags } = call;
  const line = new ProgressLine(screen.err, screen.colours.err, ident);
  try {
    const watched = await watch({
      client,
      clock,
      signal,
      node: ident,
      ...(verb !== undefined && { verb }),
      show: (look, percent, seconds) => line.show(look, percent, seconds),
      timeoutSeconds: secondsOf('--timeout', flags.timeout),
    });
    line.end();
    if (flags.json) showOne(call, withoutLinks(await client.get(pathTo('nodes', ident))));
    checkOutcome(ident, watched, goal);
    tell(call, `Node ${ident} is ${watched.look.state} after ${watched.seconds.toFixed(1)} s.`);
  } finally {
    line.end();
  }
}
