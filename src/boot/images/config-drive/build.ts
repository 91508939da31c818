// Makes a config drive: an ISO volume labelled config-2 with the files that cloud-init looks for, gzip, base64.

import { gzipSync } from 'node:zlib';
import { buildIso } from '../../iso/build.ts';
import { IsoUnbuildable } from '../../iso/faults.ts';
import { type IsoFile, sizeOf } from '../../iso/tree.ts';
import { BadConfigDrive } from '../faults.ts';

/** A config drive as the API takes it since 1.56 (`vendor_data` since 1.59). */
export interface ConfigDriveData {
  readonly meta_data?: Readonly<Record<string, unknown>>;
  readonly user_data?: unknown;
  readonly network_data?: Readonly<Record<string, unknown>>;
  readonly vendor_data?: Readonly<Record<string, unknown>>;
}

/** The node that a config drive is made for. */
export interface DriveOwner {
  readonly uuid: string;
  readonly name?: string | null;
}

/** The volume label by which cloud-init and the agent know a config drive. */
const configDriveLabel = 'config-2';

/** The agent makes no config drive partition larger than 64 MiB. */
export const largestDrive = 64 << 20;

const folder = 'openstack/latest';
/** Where a config drive has its network data. */
export const networkDataPath = `${folder}/network_data.json`;

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectIn(data: ConfigDriveData, key: 'meta_data' | 'network_data' | 'vendor_data') {
  const value: unknown = data[key];
  if (value === undefined || value === null || isObject(value)) return value ?? undefined;
  throw new BadConfigDrive({ reason: `its ${key} is not an object` });
}

function userData(value: unknown): Buffer | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? Buffer.from(value) : json(value);
}

/** The files of a config drive. `uuid` and `name` of meta_data come from the node when they are not given. */
function driveFiles(data: ConfigDriveData, owner: DriveOwner): IsoFile[] {
  const name = owner.name ? { name: owner.name } : {};
  const meta = { uuid: owner.uuid, ...name, ...objectIn(data, 'meta_data') };
  const network = objectIn(data, 'network_data');
  const vendor = objectIn(data, 'vendor_data');
  const user = userData(data.user_data);
  return [
    { path: `${folder}/meta_data.json`, content: json(meta) },
    ...(user ? [{ path: `${folder}/user_data`, content: user }] : []),
    ...(network ? [{ path: networkDataPath, content: json(network) }] : []),
    ...(vendor ? [{ path: `${folder}/vendor_data2.json`, content: json(vendor) }] : []),
  ];
}

const tooLarge = (bytes: number) =>
  new BadConfigDrive({ reason: `it has ${bytes} bytes, and the agent takes ${largestDrive} at most` });

/** Files as a config drive in the form that the agent takes: ISO 9660, gzip, base64. Throws InvalidParameterValue. */
export function packDrive(files: readonly IsoFile[], date: Date): string {
  const bytes = files.reduce((sum, { content }) => sum + sizeOf(content), 0);
  if (bytes > largestDrive) throw tooLarge(bytes);
  let iso: Buffer;
  try {
    iso = buildIso(files, { label: configDriveLabel, date });
  } catch (error) {
    if (!IsoUnbuildable.is(error)) throw error;
    throw new BadConfigDrive({ reason: error.facts.reason }, { cause: error });
  }
  if (iso.length > largestDrive) throw tooLarge(iso.length);
  return gzipSync(iso, { level: 9 }).toString('base64');
}

/** A config drive from JSON data, as base64 text; the same data and date give the same text. */
export const buildConfigDrive = (data: ConfigDriveData, owner: DriveOwner, date: Date): string =>
  packDrive(driveFiles(data, owner), date);
