// Config drives whose network data is missing or incomplete get the one that belongs to the attached ports.

import { explain } from '#base/errors.ts';
import type { IsoFile } from '../../iso/tree.ts';
import { type ConfigDriveData, networkDataPath, packDrive } from './build.ts';
import type { NetworkData } from './network-data.ts';
import { driveText, filesInDrive } from './read.ts';

/** The outcome: the config drive to use, whether it was changed, and why not when that was tried in vain. */
export interface Repair<T> {
  readonly drive: T;
  readonly repaired: boolean;
  readonly problem?: string;
}

/** Whether network data has links, networks and services, and an MTU in every link. */
function isComplete(network: unknown): boolean {
  if (typeof network !== 'object' || network === null) return false;
  const { links, networks, services } = network as Record<string, unknown>;
  if (!Array.isArray(links) || !Array.isArray(networks) || !Array.isArray(services)) return false;
  return links.every((link) => typeof link === 'object' && link !== null && 'mtu' in link);
}

/** Give a config drive in JSON form network data when it has none that is complete. */
export function repairData(data: ConfigDriveData, network: NetworkData): Repair<ConfigDriveData> {
  if (isComplete(data.network_data)) return { drive: data, repaired: false };
  return { drive: { ...data, network_data: { ...network } }, repaired: true };
}

function networkDataOf(files: readonly IsoFile[]): unknown {
  const file = files.find(({ path }) => path === networkDataPath);
  if (!(file?.content instanceof Uint8Array)) return undefined;
  try {
    return JSON.parse(Buffer.from(file.content).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The same for a packed config drive: unpacked and built anew. A URL, and what cannot be read, stays as it is. */
export function repairPacked(text: string, network: NetworkData, date: Date): Repair<string> {
  try {
    const drive = driveText(text);
    if (drive.is === 'url') return { drive: text, repaired: false };
    const files = filesInDrive(drive.text);
    if (isComplete(networkDataOf(files))) return { drive: text, repaired: false };
    const others = files.filter(({ path }) => path !== networkDataPath);
    const added = { path: networkDataPath, content: Buffer.from(JSON.stringify(network)) };
    return { drive: packDrive([...others, added], date), repaired: true };
  } catch (error) {
    return { drive: text, repaired: false, problem: explain(error) };
  }
}
