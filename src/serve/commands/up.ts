import { Command } from 'commander';
import type { Shell } from '#cli/api-command.ts';
import { UsageError } from '#cli/exit-codes.ts';

interface Flags {
  dataDir: string;
  port: string;
  machines: string;
  ipmi: string;
  speed: string;
  once?: boolean;
  set?: string[];
}

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** `ingot up`, which is what `npm start` runs. */
export function upCommand(shell: Shell): Command {
  const command = new Command('up')
    .description('a demonstration: the service with simulated machines, one of them deployed before your eyes')
    .option('--once', 'end after the first machine is active: 0, or 1 and a reason')
    .option('--data-dir <dir>', 'where everything is kept', '.ingot')
    .option('--port <number>', 'port of the API', '6385')
    .option('--machines <n>', 'how many machines are in the rack', '8')
    .option('--ipmi <address:port>', 'where the first BMC answers', '127.0.0.1:6230')
    .option('--speed <factor>', '1 is the pace of real machines', '50')
    .option('--set <section.option=value>', 'an option of the service; repeatable', collect);
  return command.action(async () => {
    const flags = command.opts<Flags>();
    const options = {
      dataDir: flags.dataDir,
      port: numberOf('--port', flags.port, 65_535),
      machines: numberOf('--machines', flags.machines, 1000),
      ipmi: flags.ipmi,
      speed: numberOf('--speed', flags.speed, 10_000),
      once: flags.once ?? false,
      sets: flags.set ?? [],
      program: shell.env.INGOT_PROGRAM ?? 'ingot',
    };
    // A terminal that is closed ends the demonstration as Ctrl-C does.
    process.once('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));
    const { up } = await import('../up.ts');
    await up(options, shell);
  });
}

function numberOf(option: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UsageError({ why: `${option} takes a number from 1 to ${most}; not "${text}".` });
}
