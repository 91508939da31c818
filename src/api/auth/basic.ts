// auth_strategy http_basic. A password that was found right, or wrong, is not hashed again for a while: what is kept of it
// is a digest under a key that this process alone has.
import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { bcryptMatches } from '#base/bcrypt.ts';
import { basicChallenge, basicPair } from './challenge.ts';
import { type Gate, IdentityUnavailable, NotAuthenticated } from './gate.ts';

export interface BasicParts {
  /** User name to bcrypt hash, as it is now. */
  readonly users: () => ReadonlyMap<string, string>;
  readonly matches?: (password: string, hash: string) => Promise<boolean>;
}

/** So many checks may wait for each other; whoever comes then is told to come again. */
const mostWaiting = 64;
const longestPassword = 4096;

export function basicGate({ users, matches = bcryptMatches }: BasicParts): Gate {
  const key = randomBytes(32);
  const verdicts = new LRUCache<string, boolean>({ max: 4096 });
  const asked = new Map<string, Promise<boolean>>();
  let line: Promise<unknown> = Promise.resolve();
  const refuse = (why: string) => new NotAuthenticated({ why, challenge: basicChallenge });

  /** One after the other: hashing is what an attacker would like to have done in parallel. */
  const check = (password: string, hash: string, mark: string): Promise<boolean> => {
    const running = asked.get(mark);
    if (running) return running;
    if (asked.size >= mostWaiting) throw new IdentityUnavailable({ why: 'too many passwords wait to be checked.' });
    const result = line.then(() => matches(password, hash)).finally(() => asked.delete(mark));
    line = result.catch(() => undefined);
    asked.set(mark, result);
    return result;
  };

  return {
    async identify({ headers }) {
      const pair = basicPair(headers.authorization);
      if (!pair) throw refuse('a user and a password are needed (HTTP basic authentication).');
      const { user, password } = pair;
      const known = users();
      // Whether there is such a user is not told by the time that the answer takes.
      const hash = known.get(user) ?? known.values().next().value;
      if (hash === undefined || password.length > longestPassword) throw refuse('user or password is wrong.');
      const mark = createHmac('sha256', key)
        .update(JSON.stringify([hash, password]))
        .digest('base64');
      const right = verdicts.get(mark) ?? (await check(password, hash, mark));
      verdicts.set(mark, right);
      if (!right || !known.has(user)) throw refuse('user or password is wrong.');
      return { user, userName: user };
    },
  };
}
