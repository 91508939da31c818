// What defaults need to know of the machine. Given to the loader, so that tests see the same machine everywhere.
import { homedir, hostname, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Machine {
  readonly hostname: string;
  readonly tempdir: string;
  /** The first address that is not loopback; loopback when there is none. */
  readonly ipv4: string;
  readonly ipv6: string;
  /** Where Ingot keeps its state when nothing else is said. */
  readonly dataDir: string;
}

const firstAddress = (family: 'IPv4' | 'IPv6', otherwise: string): string => {
  for (const addresses of Object.values(networkInterfaces()))
    for (const { address, family: own, internal } of addresses ?? [])
      if (own === family && !internal && !address.startsWith('fe80:')) return address;
  return otherwise;
};

const dataDir = (env: NodeJS.ProcessEnv): string =>
  process.getuid?.() === 0 ? '/var/lib/ingot' : join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'ingot');

/** The machine this process runs on. */
export const thisMachine = (env: NodeJS.ProcessEnv = process.env): Machine => ({
  hostname: hostname(),
  tempdir: tmpdir(),
  ipv4: firstAddress('IPv4', '127.0.0.1'),
  ipv6: firstAddress('IPv6', '::1'),
  dataDir: dataDir(env),
});
