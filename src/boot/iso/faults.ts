import { defineError } from '#base/errors.ts';

/** The files asked for cannot stand on an ISO 9660 volume. */
export const IsoUnbuildable = defineError(
  'ImageCreationFailed',
  500,
  (p: { reason: string }) => `No ISO image could be made: ${p.reason}.`,
);

/** The bytes given are no ISO 9660 volume that can be read. */
export const IsoUnreadable = defineError(
  'InvalidImage',
  500,
  (p: { reason: string }) => `The ISO image cannot be read: ${p.reason}.`,
);
