// What the database room may say beyond the contract's own errors.
import { defineError } from '#base/errors.ts';

/** The writer's lock is gone: another host took the node over, or it was unlocked by hand. */
export const NodeLost = defineError(
  'NodeLost',
  409,
  (p: { node: string; host: string; epoch: number; holder: string | null }) =>
    `${p.host} no longer holds node ${p.node} (its lock number was ${p.epoch}); ` +
    `${p.holder === null ? 'nobody holds it now' : `${p.holder} holds it now`}, so nothing was written.`,
);

/** The row changed since it was read. */
export const NodeConflict = defineError(
  'NodeConflict',
  409,
  (p: { node: string; revision: number; found: number }) =>
    `Node ${p.node} was changed by someone else meanwhile (read at revision ${p.revision}, now ${p.found}); ` +
    'read it again and repeat the change.',
);

export const DatabaseTooNew = defineError(
  'DatabaseTooNew',
  500,
  (p: { where: string; found: number; known: number }) =>
    `The database ${p.where} was written by a newer Ingot (schema ${p.found}, this program knows ${p.known}); ` +
    'start that newer program, or restore the backup made before the upgrade.',
);

export const DatabaseUnusable = defineError(
  'DatabaseUnusable',
  500,
  (p: { where: string; why: string; advice: string }) =>
    `The database ${p.where} cannot be used: ${p.why}; ${p.advice}.`,
);

export const DatabaseFull = defineError(
  'DatabaseFull',
  507,
  (p: { where: string }) =>
    `The disk under the database ${p.where} is full; nothing was written: free some space and repeat.`,
);

export const DatabaseReadOnly = defineError(
  'DatabaseReadOnly',
  500,
  (p: { where: string }) =>
    `The database ${p.where} may not be written; give this user the right to write the file and its folder.`,
);

export const DatabaseBusy = defineError(
  'DatabaseBusy',
  503,
  (p: { where: string; seconds: number }) =>
    `The database ${p.where} was locked by another process for ${p.seconds} s; end that process or try again.`,
);

/** A unit of work may not start another one and wait for it: on SQLite it would wait for itself. */
export const WriteInsideWrite = defineError(
  'WriteInsideWrite',
  500,
  () => 'A write was asked for from inside another write; use the transaction that was handed in.',
);

export const DatabaseClosed = defineError(
  'DatabaseClosed',
  503,
  (p: { where: string }) => `The database ${p.where} is closed.`,
);

export const WriteTooLong = defineError(
  'WriteTooLong',
  500,
  (p: { where: string; seconds: number }) =>
    `A unit of work on the database ${p.where} did not end within ${p.seconds} s and was taken back; it must not wait ` +
    'for anything but its queries.',
);

/** A transaction was used after its unit of work had ended. */
export const TransactionEnded = defineError(
  'TransactionEnded',
  500,
  (p: { where: string }) => `A query came to the database ${p.where} through a transaction that has ended.`,
);
