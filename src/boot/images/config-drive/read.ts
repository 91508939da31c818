import { gunzipSync } from 'node:zlib';
import { readIso } from '../../iso/read.ts';
import type { IsoFile } from '../../iso/tree.ts';
import { BadConfigDrive } from '../faults.ts';
import { largestDrive } from './build.ts';

/** What the text in `instance_info.configdrive` is: a URL that the agent fetches itself, or a packed volume. */
export type DriveText = { readonly is: 'url'; readonly url: string } | { readonly is: 'packed'; readonly text: string };

const refuse = (reason: string, cause?: unknown): never => {
  throw new BadConfigDrive({ reason }, cause === undefined ? undefined : { cause });
};

/** Tell URL and base64 apart. Throws InvalidParameterValue where it can be neither. */
export function driveText(text: string): DriveText {
  if (text.includes('://')) {
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) refuse('it is a URL, but not one of http or https');
    return { is: 'url', url: text };
  }
  const bare = text.replace(/\s+/g, '');
  const right = /^[A-Za-z0-9+/]+={0,2}$/.test(bare) && bare.length % 4 === 0;
  if (!right) refuse('it is neither a URL nor base64 text');
  return { is: 'packed', text: bare };
}

/** The volume in a packed config drive: base64 and gzip undone, never more than 64 MiB. Throws InvalidParameterValue. */
export function unpackDrive(text: string): Buffer {
  const packed = Buffer.from(text, 'base64');
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) refuse('its base64 text does not hold gzip data');
  try {
    return gunzipSync(packed, { maxOutputLength: largestDrive });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return refuse(`it unpacks to more than ${largestDrive} bytes`, error);
    return refuse(`its gzip data is damaged (${message})`, error);
  }
}

/** The files of a packed config drive. Throws InvalidParameterValue, or InvalidImage when its volume is no ISO. */
export function filesInDrive(text: string): IsoFile[] {
  const { files } = readIso(unpackDrive(text));
  return [...files].map(([path, content]) => ({ path, content }));
}
