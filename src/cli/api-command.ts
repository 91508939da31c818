// How a command that asks the API is declared: a name, what it takes, and what it does.
import { Argument, Command, Option } from 'commander';
import type { Clock } from '#base/clock.ts';
import { type ApiClient, apiClient, type Row } from './api-client.ts';
import { type ConnectionFlags, connectionOf, withConnection } from './connection.ts';
import type { Screen } from './screen.ts';
import { cardOf, tableOf } from './table.ts';

/** What commands are given of the machine they run on. */
export interface Shell {
  readonly screen: Screen;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

interface CommonFlags extends ConnectionFlags {
  json?: boolean;
}

/** One run of a command. */
export interface Call<F> extends Shell {
  readonly client: ApiClient;
  readonly flags: F & CommonFlags;
  /** The arguments as they were declared; one that was left out is undefined. */
  readonly words: readonly (string | undefined)[];
  /** All words of the last argument, where it takes several. */
  readonly rest: readonly string[];
}

export interface Declared {
  readonly name: string;
  readonly about: string;
  /** As commander writes them: `<node>`, `[state]`, `<path...>`, with their help. */
  readonly takes?: readonly [argument: string, help: string, choices?: readonly string[]][];
  readonly options?: readonly OptionSpec[];
  readonly examples?: readonly string[];
}

export interface OptionSpec {
  readonly flags: string;
  readonly help: string;
  readonly many?: true;
  readonly choices?: readonly string[];
}

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** The declared command; `run` is called with a client for the connection that its options name. */
export function apiCommand<F>(shell: Shell, declared: Declared, run: (call: Call<F>) => Promise<void>): Command {
  const command = new Command(declared.name).description(declared.about);
  for (const [argument, help, choices] of declared.takes ?? []) {
    const made = new Argument(argument, help);
    command.addArgument(choices ? made.choices(choices) : made);
  }
  for (const spec of declared.options ?? []) command.addOption(optionOf(spec));
  command.option('--json', 'print what the API answers as JSON');
  withConnection(command);
  if (declared.examples)
    command.addHelpText('after', `\nExamples:\n${declared.examples.map((e) => `  ${e}`).join('\n')}\n`);
  return command.action(async () => {
    const flags = command.opts<F & CommonFlags>();
    const client = apiClient(connectionOf(flags, shell.env), shell.clock, shell.signal);
    const words = command.processedArgs.map((word) => (Array.isArray(word) ? word[0] : word) as string | undefined);
    const last = command.processedArgs.at(-1) as unknown;
    try {
      await run({ ...shell, client, flags, words, rest: Array.isArray(last) ? (last as string[]) : [] });
    } finally {
      await client.close();
    }
  });
}

function optionOf({ flags, help, many, choices }: OptionSpec): Option {
  const option = new Option(flags, many ? `${help}; repeatable` : help);
  if (choices) option.choices(choices);
  if (many) option.argParser(collect);
  return option;
}

type Written = Pick<Call<unknown>, 'screen' | 'flags'>;

/** Print one thing: as JSON, or a field a line. */
export function showOne({ screen, flags }: Written, row: Row, shown: Row = row): void {
  screen.out.write(flags.json ? `${JSON.stringify(row, null, 2)}\n` : cardOf(shown, screen.colours.out));
}

/** Print many: as a JSON array, or a table of `columns`. */
export function showMany(
  { screen, flags }: Written,
  rows: readonly Row[],
  columns: readonly string[],
  what: string,
): void {
  if (flags.json) screen.out.write(`${JSON.stringify(rows, null, 2)}\n`);
  else if (rows.length > 0) screen.out.write(tableOf(rows, columns, { colours: screen.colours.out }));
  else screen.err.write(`There are no ${what}.\n`);
}

/** A sentence for people, beside the results. */
export function tell({ screen, flags }: Written, sentence: string): void {
  if (!flags.json) screen.err.write(`${sentence}\n`);
}
