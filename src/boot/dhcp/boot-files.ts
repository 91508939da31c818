// What each kind of client is told to start.
import type { Client, Platform } from '#protocols/dhcp/client-class.ts';

/** What a machine may start from the network. Names in `loaders` are TFTP paths, the rest URLs. */
export interface BootFiles {
  readonly script?: string;
  readonly loaders: Partial<Readonly<Record<Platform, string>>>;
  readonly uris: Partial<Readonly<Record<Platform, string>>>;
}

export const nothingToBoot: BootFiles = { loaders: {}, uris: {} };

/** The file for this client, or undefined where it has nothing to start. */
export function bootFileFor(client: Client, files: BootFiles): string | undefined {
  const { kind, platform } = client;
  if (kind === 'os') return undefined;
  if (kind === 'http') return platform && files.uris[platform];
  // A NIC whose own ROM is iPXE may boot by plain PXE too: then it fetches the same loader as others.
  const loader = files.loaders[platform ?? 'x86-bios'];
  return kind === 'ipxe' ? (files.script ?? loader) : loader;
}
