// Which of the asked options are granted. RFC 2348 (blksize), RFC 2349 (timeout, tsize), RFC 7440 (windowsize).
import type { TftpOptions } from './packet.ts';

/** How one transfer runs. Sizes in bytes, `timeout` in milliseconds. */
export interface TransferTerms {
  readonly blksize: number;
  readonly windowsize: number;
  readonly timeout: number;
  /** What goes into the option acknowledgement; empty: none is sent. */
  readonly granted: TftpOptions;
}

/** The most that this server grants. */
export interface TransferLimits {
  readonly blksize: number;
  readonly windowsize: number;
}

export const plainBlock = 512;
const plainTimeout = 1000;

/** Terms for a request: what is out of range is left out of the answer, so that the client falls back to the default. */
export function negotiate(asked: TftpOptions, fileSize: number, limits: TransferLimits): TransferTerms {
  const granted: Record<string, string> = {};
  const blksize = within(asked.blksize, 8, 65464);
  const windowsize = within(asked.windowsize, 1, 65535);
  const timeout = within(asked.timeout, 1, 255);
  if (blksize) granted.blksize = String(Math.min(blksize, limits.blksize));
  if (windowsize) granted.windowsize = String(Math.min(windowsize, limits.windowsize));
  if (timeout) granted.timeout = String(timeout);
  if (asked.tsize !== undefined) granted.tsize = String(fileSize);
  return {
    blksize: Number(granted.blksize ?? plainBlock),
    windowsize: Number(granted.windowsize ?? 1),
    timeout: timeout ? timeout * 1000 : plainTimeout,
    granted,
  };
}

function within(asked: string | undefined, least: number, most: number): number | undefined {
  if (asked === undefined || !/^\d{1,6}$/.test(asked)) return undefined;
  const n = Number(asked);
  return n >= least && n <= most ? n : undefined;
}
