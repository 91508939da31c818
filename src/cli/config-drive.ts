// A config drive as the API takes it, from what a user has: a folder, a file, or parts on the command line.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { objectOf } from './assignments.ts';
import { UsageError } from './exit-codes.ts';

export interface DriveFlags {
  configDrive?: string;
  sshKey?: string[];
  userData?: string;
  meta?: string[];
}

export type DriveObject = Record<string, unknown>;

const parts = ['meta_data', 'user_data', 'network_data', 'vendor_data'] as const;
const files: Readonly<Record<string, (typeof parts)[number]>> = {
  'meta_data.json': 'meta_data',
  user_data: 'user_data',
  'network_data.json': 'network_data',
  'vendor_data.json': 'vendor_data',
};

/** What to send as `configdrive`: an object, base64 text, a URL; undefined where nothing was asked for. Throws UsageError. */
export function configDriveOf(flags: DriveFlags): DriveObject | string | undefined {
  const base = flags.configDrive === undefined ? undefined : readDrive(flags.configDrive);
  const extras = flags.sshKey?.length || flags.userData !== undefined || flags.meta?.length;
  if (!extras) return base;
  if (typeof base === 'string')
    throw new UsageError({
      why: '--ssh-key, --user-data and --meta cannot be put into a finished config drive; give its contents as a folder or JSON.',
    });
  return completed(base ?? {}, flags);
}

function completed(drive: DriveObject, flags: DriveFlags): DriveObject {
  const keys = Object.fromEntries((flags.sshKey ?? []).map((file, i) => [`key-${i + 1}`, readKey(file)]));
  const meta = { ...(drive.meta_data as DriveObject | undefined), ...objectOf('--meta', flags.meta) };
  if (flags.sshKey?.length) meta.public_keys = { ...(meta.public_keys as DriveObject | undefined), ...keys };
  return {
    ...drive,
    ...(Object.keys(meta).length && { meta_data: meta }),
    ...(flags.userData !== undefined && { user_data: readText('--user-data', flags.userData) }),
  };
}

function readDrive(path: string): DriveObject | string {
  if (/^https?:\/\//i.test(path)) return path;
  return isFolder(path) ? readFolder(path) : readFile(path);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable('--config-drive', path, error);
  }
}

/** The folder itself, or `openstack/latest` in it; any other file could not be sent and is refused, not dropped. */
function readFolder(folder: string): DriveObject {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const latest = join('openstack', 'latest');
  const root = all.some((name) => name.startsWith(`${latest}/`)) ? latest : '';
  const drive: DriveObject = {};
  for (const name of all) {
    const part = files[root && name.startsWith(`${root}/`) ? name.slice(root.length + 1) : name];
    if (!part)
      throw new UsageError({
        why: `${join(folder, name)} cannot be part of a config drive that is sent as JSON (there are ${Object.keys(files).join(', ')}); take it away, or make an ISO 9660 image labelled "config-2" and give that.`,
      });
    const text = readText('--config-drive', join(folder, name));
    drive[part] = part === 'user_data' ? text : parsed(join(folder, name), text);
  }
  if (Object.keys(drive).length === 0)
    throw new UsageError({ why: `${folder} holds no part of a config drive: ${Object.keys(files).join(', ')}.` });
  return drive;
}

/** An ISO, packed or not, is sent packed; JSON as it is; base64 text as it is. */
function readFile(file: string): DriveObject | string {
  const bytes = readBytes('--config-drive', file);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return bytes.toString('base64');
  if (bytes.subarray(32_769, 32_774).toString('latin1') === 'CD001') return gzipSync(bytes).toString('base64');
  const text = bytes.toString('utf8').trim();
  if (text.startsWith('{')) return checkedParts(file, parsed(file, text) as DriveObject);
  if (/^[A-Za-z0-9+/=\s]{16,}$/.test(text)) return text.replaceAll(/\s/g, '');
  throw new UsageError({
    why: `${file} is no config drive: a folder, an ISO 9660 image (gzip or not), base64 or JSON is accepted.`,
  });
}

function checkedParts(file: string, drive: DriveObject): DriveObject {
  const stranger = Object.keys(drive).find((key) => !(parts as readonly string[]).includes(key));
  if (stranger === undefined) return drive;
  throw new UsageError({ why: `${file}: "${stranger}" is no part of a config drive; there are ${parts.join(', ')}.` });
}

/** A public key; a private one given by mistake never leaves this machine. */
function readKey(file: string): string {
  const text = readText('--ssh-key', file).trim();
  if (/^(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]{32,}/.test(text)) return text;
  const hint = text.includes('PRIVATE KEY')
    ? `it is a private key; give ${basename(file)}.pub`
    : 'it does not begin with ssh-ed25519, ssh-rsa, …';
  throw new UsageError({ why: `${file} is no public key: ${hint}.` });
}

function parsed(file: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw new UsageError({ why: `${file} is not JSON: ${(error as Error).message}.` }, { cause: error });
  }
  throw new UsageError({ why: `${file} must hold a JSON object.` });
}

function readBytes(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable(option, file, error);
  }
}

const readText = (option: string, file: string): string => readBytes(option, file).toString('utf8');

const unreadable = (option: string, file: string, error: unknown): Error =>
  new UsageError({ why: `${option}: ${file} cannot be read (${(error as Error).message}).` }, { cause: error });
