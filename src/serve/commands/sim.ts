import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Shell } from '#cli/api-command.ts';
import { UsageError } from '#cli/exit-codes.ts';
import { faultKinds } from '#sim/faults.ts';
import type { BodyMaker } from '#sim/rack.ts';
import { makeLog } from '../log.ts';

interface Flags {
  count: string;
  ipmi: string;
  spread: 'ports' | 'addresses';
  redfish?: string;
  redfishTls?: boolean;
  body: 'state' | 'qemu';
  fault?: string[];
  bootUrl?: string;
  apiUrl?: string;
  speed: string;
  user: string;
  password: string;
  prefix: string;
  stateDir?: string;
  control?: string;
  firmware: 'bios' | 'uefi';
  tapPrefix?: string;
  netdev?: string;
  memory: string;
  disk: string;
}

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** `ingot sim` */
export function simCommand(shell: Shell): Command {
  const command = new Command('sim')
    .description(
      'run simulated machines with BMCs (IPMI, Redfish); prints one JSON line per machine, runs until stopped',
    )
    .option('--count <n>', 'how many', '1')
    .option('--ipmi <address:port>', 'where the first BMC answers; port 0 is any free one', '127.0.0.1:6230')
    .addOption(
      new Option('--spread <how>', 'further BMCs on the next ports, or on the next addresses')
        .choices(['ports', 'addresses'])
        .default('ports'),
    )
    .option('--redfish <address:port>', 'where the Redfish service of all BMCs answers; port 0 is any free one')
    .option('--redfish-tls', 'Redfish over HTTPS, with a certificate that nobody signed')
    .addOption(
      new Option('--body <kind>', 'a state with a simulated agent, or a QEMU machine')
        .choices(['state', 'qemu'])
        .default('state'),
    )
    .addOption(new Option('--fault <[name:]fault[=value]>', 'what goes wrong; repeatable').argParser(collect))
    .option('--boot-url <url>', 'folder of boot.ipxe where machines ask what to boot, such as http://127.0.0.1:8088/')
    .option('--api-url <url>', 'without a boot folder: the API that the agents call')
    .option('--speed <factor>', '1 is the pace of real machines', '100')
    .option('--user <name>', 'user of the BMCs', 'admin')
    .option('--password <text>', 'its password', 'password')
    .option('--prefix <text>', 'machines are called this and their number', 'sim-')
    .option('--state-dir <dir>', 'where the state of the machines is kept')
    .option('--control <address:port>', 'loopback address for power, faults and consoles over HTTP')
    .addOption(new Option('--firmware <kind>', 'of QEMU machines').choices(['bios', 'uefi']).default('bios'))
    .option('--tap-prefix <name>', 'QEMU: tap devices of this name and the number of the machine, from 0')
    .option('--netdev <value>', 'QEMU: one -netdev value for all, such as user')
    .option('--memory <mib>', 'QEMU: memory', '2048')
    .option('--disk <gib>', 'QEMU: disk', '5')
    .addHelpText('after', `\nFaults:\n${faultLines()}`);
  return command.action(async () => {
    const { runSim } = await import('#sim/run.ts');
    await runSim(await optionsOf(command.opts<Flags>()), (line) => shell.screen.out.write(`${line}\n`), shell.signal);
  });
}

const faultLines = (): string =>
  Object.entries(faultKinds)
    .map(
      ([name, { takes, tells }]) =>
        `  ${(takes === 'nothing' ? name : `${name}=${takes.toUpperCase()}`).padEnd(28)} ${tells}`,
    )
    .join('\n');

async function optionsOf(flags: Flags) {
  const body = flags.body === 'qemu' ? await qemuBody(flags) : undefined;
  return {
    count: numberOf('--count', flags.count),
    ipmi: flags.ipmi,
    spread: flags.spread,
    faults: flags.fault ?? [],
    speed: numberOf('--speed', flags.speed),
    username: flags.user,
    password: flags.password,
    namePrefix: flags.prefix,
    log: makeLog({ level: 'info', format: 'auto' }),
    ...(flags.redfish !== undefined && { redfish: flags.redfish }),
    ...(flags.redfishTls && { redfishTls: true }),
    ...(flags.bootUrl !== undefined && { bootUrl: flags.bootUrl }),
    ...(flags.apiUrl !== undefined && { apiUrl: flags.apiUrl }),
    ...(flags.stateDir !== undefined && { stateDir: flags.stateDir }),
    ...(flags.control !== undefined && { control: flags.control }),
    ...(body && { body, nics: 1 }),
  };
}

async function qemuBody(flags: Flags): Promise<BodyMaker> {
  const { qemuBodies } = await import('#sim/qemu-rack.ts');
  if (flags.stateDir === undefined)
    throw new UsageError({ why: '--body qemu keeps its disks in --state-dir; name a folder.' });
  if (flags.tapPrefix === undefined && flags.netdev === undefined)
    throw new UsageError({ why: '--body qemu needs a network: give --tap-prefix or --netdev.' });
  return qemuBodies({
    folder: join(flags.stateDir, 'machines'),
    firmware: flags.firmware,
    link: flags.tapPrefix !== undefined ? { tapPrefix: flags.tapPrefix } : { netdev: flags.netdev! },
    memoryMiB: numberOf('--memory', flags.memory),
    diskGiB: numberOf('--disk', flags.disk),
  });
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError({ why: `${option} takes a number above 0; not "${text}".` });
}
