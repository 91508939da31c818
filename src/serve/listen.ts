// Where the API listens. Without authentication that is loopback, unless an address was named; machines that boot here
// reach what the ramdisk needs, and nothing else, on the boot interface.
import type { LoadedConfig } from '#config/load.ts';
import { InvalidParameterValue } from '#contract/errors.ts';
import type { BootPlan } from './boot.ts';

export interface ListenPlan {
  readonly listen: readonly { host: string; port: number; ramdiskOnly: boolean }[];
  /** Where ramdisks find the API. */
  readonly apiUrl: string;
  /** Where people find it, once the port is known. */
  urlOf(port: number): string;
}

export function listenAddresses({ config, sources }: LoadedConfig, boot: BootPlan): ListenPlan {
  const { api, DEFAULT } = config;
  if (DEFAULT.auth_strategy !== 'noauth')
    throw new InvalidParameterValue({
      why: `[DEFAULT] auth_strategy is "${DEFAULT.auth_strategy}"; this release authenticates nobody: set it to noauth and keep the API on loopback or behind a proxy.`,
    });
  const named = sources.has('api.host_ip');
  const host = named ? api.host_ip : '127.0.0.1';
  const everywhere = host === '0.0.0.0' || host === '::';
  const listen = [{ host, port: api.port, ramdiskOnly: false }];
  if (boot.address && !everywhere && boot.address !== host)
    listen.push({ host: boot.address, port: api.port, ramdiskOnly: true });
  const reached = boot.address ?? (everywhere ? (DEFAULT.my_ip ?? '127.0.0.1') : host);
  const own =
    config.service_catalog.endpoint_override ?? api.public_endpoint ?? `http://${bracketed(reached)}:${api.port}`;
  return {
    listen,
    apiUrl: own.replace(/\/+$/, ''),
    urlOf: (port) => `http://${bracketed(everywhere ? '127.0.0.1' : host)}:${port}`,
  };
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
