// A file of users as `htpasswd -B` writes it: a name, a colon and a bcrypt hash on each line.
import { readFileSync, statSync } from 'node:fs';
import { isBcrypt } from '#base/bcrypt.ts';
import type { Clock } from '#base/clock.ts';
import { defineError, explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';

export const UserFileInvalid = defineError(
  'UserFileInvalid',
  500,
  (p: { file: string; why: string }) => `[DEFAULT] http_basic_auth_user_file ${p.file} cannot be used: ${p.why}`,
);

/** User name to hash. Throws UserFileInvalid. */
export function readUserFile(text: string, file: string): Map<string, string> {
  const users = new Map<string, string>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const entry = line.trim();
    if (entry === '') continue;
    const colon = entry.indexOf(':');
    const hash = entry.slice(colon + 1);
    if (colon < 1) throw new UserFileInvalid({ file, why: `line ${at + 1} is not "user:hash".` });
    if (!isBcrypt(hash))
      throw new UserFileInvalid({
        file,
        why: `the hash in line ${at + 1} is not bcrypt: write it with "htpasswd -B".`,
      });
    if (!users.has(entry.slice(0, colon))) users.set(entry.slice(0, colon), hash);
  }
  return users;
}

const lookAgainMs = 1_000;

/** The users of a file as it is now: read again when it changed. Throws UserFileInvalid at once; later it logs and keeps what it had. */
export function watchUserFile(o: { file: string; clock: Clock; log: Log }): () => ReadonlyMap<string, string> {
  const { file, clock, log } = o;
  const look = (): { stamp: string; mode: number } => {
    const { mtimeMs, size, ino, mode } = statSync(file);
    return { stamp: `${mtimeMs} ${size} ${ino}`, mode };
  };
  const read = (): { users: Map<string, string>; stamp: string } => {
    try {
      const { stamp, mode } = look();
      if (mode & 0o004) log.warn({ file }, `Everybody on this machine may read ${file}: chmod o-r it`);
      return { users: readUserFile(readFileSync(file, 'utf8'), file), stamp };
    } catch (error) {
      if (UserFileInvalid.is(error)) throw error;
      throw new UserFileInvalid({ file, why: explain(error) }, { cause: error });
    }
  };
  let kept = read();
  let looked = clock.now();
  return () => {
    if (clock.now() - looked < lookAgainMs) return kept.users;
    looked = clock.now();
    try {
      if (look().stamp !== kept.stamp) kept = read();
    } catch (error) {
      log.error({ file }, `The users of before stay: ${explain(error)}`);
    }
    return kept.users;
  };
}
