// Where the API listens. Without authentication that is loopback, unless an address was named, and then it is said; machines that boot here
// reach what the ramdisk needs, and nothing else, on the boot interface.
import type { LoadedConfig } from '#config/load.ts';
import type { BootPlan } from './boot.ts';

export interface ListenPlan {
  readonly listen: readonly { host: string; port: number; ramdiskOnly: boolean }[];
  /** Where ramdisks find the API. */
  readonly apiUrl: string;
  /** Where people find it, once the port is known. */
  urlOf(port: number): string;
  /** What the operator should know about it. */
  readonly warning?: string;
}

export function listenAddresses({ config, sources }: LoadedConfig, boot: BootPlan): ListenPlan {
  const { api, DEFAULT } = config;
  const open = DEFAULT.auth_strategy === 'noauth';
  const host = !open || sources.has('api.host_ip') ? api.host_ip : '127.0.0.1';
  const scheme = api.enable_ssl_api ? 'https' : 'http';
  const everywhere = host === '0.0.0.0' || host === '::';
  const listen = [{ host, port: api.port, ramdiskOnly: false }];
  if (boot.address && !everywhere && boot.address !== host)
    listen.push({ host: boot.address, port: api.port, ramdiskOnly: true });
  const reached = boot.address ?? (everywhere ? (DEFAULT.my_ip ?? '127.0.0.1') : host);
  const own =
    config.service_catalog.endpoint_override ?? api.public_endpoint ?? `${scheme}://${bracketed(reached)}:${api.port}`;
  return {
    listen,
    apiUrl: own.replace(/\/+$/, ''),
    ...(open &&
      !isLoopback(host) && {
        warning: `Everybody who reaches ${host}:${api.port} may do everything: [DEFAULT] auth_strategy is noauth.`,
      }),
    urlOf: (port) => `${scheme}://${bracketed(everywhere ? '127.0.0.1' : host)}:${port}`,
  };
}

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
