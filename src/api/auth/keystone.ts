// auth_strategy keystone: tokens are shown to the identity service, and its answer is kept for a while.
import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { fitsOne } from './access-rules.ts';
import { keystoneChallenge } from './challenge.ts';
import { type Credentials, type Gate, type Identity, IdentityUnavailable, NotAuthenticated } from './gate.ts';
import { type TokenFacts, tokenFacts } from './token.ts';

/** The answer of the identity service to a question about a token. */
export interface TokenAnswer {
  readonly status: number;
  readonly text: string;
}

export interface KeystoneParts {
  /** GET /v3/auth/tokens with the token as its subject; rejects where the service cannot be reached. */
  readonly ask: (token: string, o: { allowExpired: boolean }) => Promise<TokenAnswer>;
  readonly clock: Clock;
  readonly log: Log;
  /** What WWW-Authenticate tells. */
  readonly uri: string;
  /** [keystone_authtoken]token_cache_time in seconds; -1: nothing is kept. */
  readonly cacheSeconds: number;
  readonly serviceRoles: readonly string[];
  readonly serviceRolesRequired: boolean;
  /** What this service is in the catalogue: what access rules of application credentials name. */
  readonly serviceType: string | null;
  /** Whether requests without a good token go on, as nobody. */
  readonly delayDecision: boolean;
}

/** undefined: the token is not good. */
type Verdict = TokenFacts | undefined;
interface Kept {
  readonly verdict: Verdict;
  readonly until: number;
}

const longestToken = 64 * 1024;

export function keystoneGate(parts: KeystoneParts): Gate {
  const { clock, log, uri } = parts;
  const key = randomBytes(32);
  const kept = new LRUCache<string, Kept>({ max: 16_384 });
  const asked = new Map<string, Promise<Verdict>>();
  const keeps = parts.cacheSeconds > 0;

  async function validate(token: string, mark: string, allowExpired: boolean): Promise<Verdict> {
    const { status, text } = await parts.ask(token, { allowExpired }).catch((error: unknown) => {
      log.error({}, `A token could not be checked: ${explain(error)}`);
      throw new IdentityUnavailable({ why: 'the identity service does not answer.' }, { cause: error });
    });
    const verdict = verdictOf(status, text, allowExpired);
    const now = clock.now();
    const ends = allowExpired ? undefined : verdict?.expires;
    const until = Math.min(now + parts.cacheSeconds * 1000, ends ?? Number.POSITIVE_INFINITY);
    if (keeps && until > now) kept.set(mark, { verdict, until });
    return verdict;
  }

  function verdictOf(status: number, text: string, allowExpired: boolean): Verdict {
    if (status === 404) return undefined;
    const facts = status === 200 ? tokenFacts(parsed(text)) : undefined;
    const over = facts?.expires !== undefined && facts.expires <= clock.now() && !allowExpired;
    if (facts) return over ? undefined : facts;
    log.error({ status }, `The identity service answered ${status} when it was asked about a token`);
    throw new IdentityUnavailable({ why: `the identity service answered ${status}.` });
  }

  function factsOf(token: string, allowExpired = false): Promise<Verdict> | Verdict {
    if (token.length > longestToken) return undefined;
    const mark = createHmac('sha256', key).update(`${allowExpired} ${token}`).digest('base64');
    const before = kept.get(mark);
    if (before && clock.now() < before.until) return before.verdict;
    const running = asked.get(mark);
    if (running) return running;
    const asking = validate(token, mark, allowExpired).finally(() => asked.delete(mark));
    asked.set(mark, asking);
    return asking;
  }

  const refuse = (why: string) => new NotAuthenticated({ why, challenge: keystoneChallenge(uri) });

  async function serviceRolesOf(request: Credentials): Promise<readonly string[] | undefined> {
    const token = one(request.headers['x-service-token']);
    if (token === undefined) return undefined;
    const facts = await factsOf(token);
    if (!facts) throw refuse('the service token is not valid.');
    if (parts.serviceRolesRequired && !facts.roles.some((role) => parts.serviceRoles.includes(role)))
      throw refuse('the service token has none of the roles of a service.');
    return facts.roles;
  }

  function demandAccess({ accessRules, services }: TokenFacts, { method, url }: Credentials): void {
    if (accessRules === undefined) return;
    const { serviceType } = parts;
    if (serviceType === null || services?.includes(serviceType) === false) {
      const why = serviceType === null ? 'is not set' : `(${serviceType}) is not in the catalogue`;
      log.warn({}, `A token with access rules cannot be judged: [keystone_authtoken] service_type ${why}`);
      throw refuse('the token is restricted to requests that cannot be told apart here.');
    }
    if (!fitsOne(accessRules, { method, url }, serviceType))
      throw refuse('the access rules of its application credential do not allow this request.');
  }

  async function identityOf(request: Credentials): Promise<Identity> {
    const token = one(request.headers['x-auth-token'])?.trim();
    if (!token) throw refuse('a token is needed (X-Auth-Token).');
    const serviceRoles = await serviceRolesOf(request);
    // A service that works on for its user brings the user's token even when that has ended meanwhile.
    const byService = serviceRoles?.some((role) => parts.serviceRoles.includes(role)) ?? false;
    const facts = await factsOf(token, byService);
    if (!facts) throw refuse('the token is not valid.');
    // What a service asks on behalf of its user is another request than the one that its user may make.
    if (!byService) demandAccess(facts, request);
    return { ...facts.identity, ...(serviceRoles && { serviceRoles }) };
  }

  return {
    async identify(request) {
      try {
        return await identityOf(request);
      } catch (error) {
        if (parts.delayDecision && NotAuthenticated.is(error)) return {};
        throw error;
      }
    },
  };
}

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
