import { Command } from 'commander';
import type { Shell } from '#cli/api-command.ts';
import { WorkFailed } from '#cli/exit-codes.ts';
import { checkConfig } from '#config/check.ts';
import { sayProblem } from '#config/problems.ts';
import { printSample } from '#config/sample.ts';
import { type ConfigFlags, configInput, withConfig } from './config-options.ts';

/** `ingot config sample|check` */
export function configCommand(shell: Shell): Command {
  const { out, err } = shell.screen;
  const sample = new Command('sample')
    .description('print a configuration file with every option')
    .action(() => out.write(printSample()));
  const check = withConfig(new Command('check'))
    .description('say what a configuration holds and what is wrong with it, without starting anything')
    .option('--json', 'print it as JSON');
  check.action(() => {
    const flags = check.opts<ConfigFlags & { json?: boolean }>();
    const found = checkConfig(configInput(flags, shell.env));
    if (flags.json) out.write(`${JSON.stringify(found, null, 2)}\n`);
    else {
      for (const { option, value, source } of found.set) out.write(`${option} = ${value}  (${source})\n`);
      for (const warning of found.warnings) err.write(`warning: ${warning}\n`);
      for (const problem of found.problems) err.write(`wrong: ${sayProblem(problem)}\n`);
    }
    const { length } = found.problems;
    if (length > 0)
      throw new WorkFailed({ why: `The configuration has ${length} ${length === 1 ? 'problem' : 'problems'}.` });
    if (!flags.json) err.write(`The configuration can be used; ${found.set.length} options are set.\n`);
  });
  return new Command('config').description('the configuration: a sample, a check').addCommand(sample).addCommand(check);
}
