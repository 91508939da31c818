#!/usr/bin/env node
// The program: every command, each loaded only when it is asked for, so that `ingot node list` never waits for the server.
import { Command, CommanderError } from 'commander';
import { systemClock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Shell } from '#cli/api-command.ts';
import { exitCodeOf, exitCodes, isExpected } from '#cli/exit-codes.ts';
import { screenOf } from '#cli/screen.ts';
import about from '../package.json' with { type: 'json' };

interface Entry {
  readonly name: string;
  readonly about: string;
  readonly hidden?: true;
  load(shell: Shell): Promise<Command>;
}

const entries: readonly Entry[] = [
  {
    name: 'up',
    about: 'a demonstration: the service with eight simulated machines, one of them deployed',
    load: async (shell) => (await import('./serve/commands/up.ts')).upCommand(shell),
  },
  {
    name: 'serve',
    about: 'run the service: API, conductor, boot services',
    load: async (shell) => (await import('./serve/commands/serve.ts')).serveCommand(shell),
  },
  {
    name: 'node',
    about: 'machines: enroll, deploy, power, watch',
    load: async (shell) => (await import('#cli/node-command.ts')).nodeCommand(shell),
  },
  {
    name: 'port',
    about: 'network cards of machines',
    load: async (shell) => (await import('#cli/resource-commands.ts')).portCommand(shell),
  },
  {
    name: 'driver',
    about: 'hardware types',
    load: async (shell) => (await import('#cli/resource-commands.ts')).driverCommand(shell),
  },
  {
    name: 'conductor',
    about: 'processes that do the work',
    load: async (shell) => (await import('#cli/resource-commands.ts')).conductorCommand(shell),
  },
  {
    name: 'ramdisk',
    about: 'the system that machines boot to be provisioned',
    load: async () => (await import('#cli/ramdisk/command.ts')).ramdiskCommand(),
  },
  {
    name: 'sim',
    about: 'run simulated machines with IPMI BMCs',
    load: async (shell) => (await import('./serve/commands/sim.ts')).simCommand(shell),
  },
  {
    name: 'config',
    about: 'the configuration: a sample, a check',
    load: async (shell) => (await import('./serve/commands/config.ts')).configCommand(shell),
  },
  {
    name: 'policy',
    about: 'who may do what: the rules in force, a check of policy files',
    load: async (shell) => (await import('./serve/commands/policy.ts')).policyCommand(shell),
  },
  {
    name: 'db',
    about: 'the database: upgrade, copy, check; a row set by hand',
    load: async (shell) => (await import('./serve/commands/db.ts')).dbCommand(shell),
  },
  {
    name: 'completion',
    about: 'print what makes your shell complete ingot commands',
    load: async (shell) => (await import('#cli/completion.ts')).completionCommand(shell, () => programOf(shell, 'all')),
  },
  {
    name: '__nodes',
    about: 'names of nodes, for completion',
    hidden: true,
    load: async (shell) => (await import('#cli/completion.ts')).nodeNamesCommand(shell),
  },
  { name: 'version', about: 'print the version', load: async (shell) => versionCommand(shell) },
];

const versionCommand = (shell: Shell): Command =>
  new Command('version')
    .description('print the version')
    .action(() => shell.screen.out.write(`ingot ${about.version} (Node ${process.versions.node})\n`));

/** The program with the commands named loaded, the others as names only. */
async function programOf(shell: Shell, wanted: 'all' | readonly string[]): Promise<Command> {
  const program = new Command('ingot')
    .description('Bare metal provisioning that answers as OpenStack Ironic answers.')
    .version(about.version, '-V, --version', 'print the version')
    .addHelpText('after', '\nStart with "ingot up"; every command takes --help.\n');
  for (const entry of entries) {
    const load = wanted === 'all' || wanted.includes(entry.name);
    const command = load ? await entry.load(shell) : new Command(entry.name).description(entry.about);
    program.addCommand(command, { hidden: entry.hidden ?? false });
  }
  prepare(program, 'ingot');
  return program;
}

/** Errors of the command line come back to us as errors, and say where help is. */
function prepare(command: Command, path: string): void {
  command.exitOverride();
  command.showHelpAfterError(`(see "${path} --help")`);
  for (const sub of command.commands) prepare(sub, `${path} ${sub.name()}`);
}

/** `ingot help node deploy` is `ingot node deploy --help`. */
const withHelpLast = (argv: readonly string[]): readonly string[] =>
  argv[0] === 'help' && argv.length > 1 ? [...argv.slice(1), '--help'] : argv;

async function run(given: readonly string[], shell: Shell): Promise<number> {
  const argv = withHelpLast(given);
  const program = await programOf(shell, argv.filter((word) => !word.startsWith('-')).slice(0, 2));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? exitCodes.ok.code);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok.code : exitCodes.usage.code;
    shell.screen.err.write(`ingot: ${told(error)}\n`);
    return shell.signal.aborted ? exitCodes.interrupted.code : exitCodeOf(error);
  }
}

/** A declared error is its sentence; of a defect, INGOT_DEBUG=1 shows where it comes from. */
function told(error: unknown): string {
  if (isExpected(error)) return (error as Error).message;
  return (process.env.INGOT_DEBUG && error instanceof Error && error.stack) || explain(error);
}

/** The first signal asks for an end; the second one does not wait for it. */
function abortOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(exitCodes.interrupted.code);
      stop.abort(new Error(`stopped by ${signal}`));
    });
  return stop.signal;
}

// What `ps` shows to others: never the passwords that the command line may hold.
process.title = ['ingot', ...process.argv.slice(2, 4).filter((word) => /^[a-z-]+$/.test(word))].join(' ');
const screen = screenOf(process.stdout, process.stderr, process.env);
process.exitCode = await run(process.argv.slice(2), {
  screen,
  env: process.env,
  clock: systemClock,
  signal: abortOnSignals(),
});
