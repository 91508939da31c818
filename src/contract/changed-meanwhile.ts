// Two who change one thing at once: neither may undo what the other did.
import { ChangedMeanwhile } from './errors.ts';

/** Throws ChangedMeanwhile where one of the fields is not what it was when it was read. */
export function refuseChanged(what: string, read: object, now: object, names: readonly string[]): void {
  const of = (row: object, name: string) => JSON.stringify(Reflect.get(row, name));
  const fields = names.filter((name) => of(read, name) !== of(now, name));
  if (fields.length) throw new ChangedMeanwhile({ what, fields });
}
