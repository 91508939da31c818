import { Command } from 'commander';
import type { Shell } from '#cli/api-command.ts';
import { type ConfigFlags, configInput, withConfig } from './config-options.ts';

interface Flags extends ConfigFlags {
  bootInterface?: string;
  port?: string;
}

/** `ingot serve` */
export function serveCommand(shell: Shell): Command {
  const command = withConfig(new Command('serve'))
    .description('run the service: API, conductor, boot services')
    .option('--boot-interface <name>', 'answer DHCP, TFTP and HTTP for machines on this network interface')
    .option('--port <number>', 'port of the API (usually 6385)')
    .addHelpText('after', '\nExamples:\n  ingot serve --config /etc/ironic/ironic.conf --boot-interface eth1');
  return command.action(async () => {
    const flags = command.opts<Flags>();
    const sets = [
      ...(flags.bootInterface === undefined ? [] : [`ingot.boot_interface=${flags.bootInterface}`]),
      ...(flags.port === undefined ? [] : [`api.port=${flags.port}`]),
    ];
    const { serve } = await import('../serve.ts');
    const running = await serve(configInput(flags, shell.env, sets));
    const reload = () => running.reload();
    process.on('SIGHUP', reload);
    await untilAborted(shell.signal);
    process.off('SIGHUP', reload);
    await running.stop();
  });
}

/** Resolves when `signal` is aborted. */
export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
