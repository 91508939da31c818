import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether two secrets are the same, in a time that tells nothing of where or whether they differ; undefined equals none. */
export const sameSecret = (given: string | undefined, kept: string | undefined): boolean =>
  given !== undefined && kept !== undefined && timingSafeEqual(digest(given), digest(kept));
