// Keystone as a client: a token for the credentials of a section, used until shortly before it ends.
import type { Clock } from '#base/clock.ts';
import { type AuthOptions, type Credentials, fixedCredentials } from './auth.ts';
import { type Endpoint, endpointsOf } from './catalogue.ts';
import { identityAt } from './discovery.ts';
import { AuthMisconfigured, AuthRefused } from './errors.ts';
import type { Answer, Http } from './http.ts';
import { tokenRequest } from './token-request.ts';
import { partsOf } from './versions.ts';

export interface KeystoneParts {
  readonly section: string;
  readonly options: AuthOptions;
  readonly http: Http;
  readonly clock: Clock;
}

interface Token {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly endpoints: readonly Endpoint[];
}

/** A token is renewed so long before it ends, as what is asked with it may pass it on. */
const renewMs = 120_000;
const withoutEnd = 3_600_000;

const keystoneTypes = ['password', 'v3password', 'v3applicationcredential', 'token', 'v3token'];
const fixedTypes = ['none', 'noauth', 'admin_token', 'http_basic'];

/**
 * What the auth options of a section say; undefined where they name no way to authenticate. Throws AuthMisconfigured
 * where the way that they name is unknown or lacks something.
 */
export function credentialsOf(parts: KeystoneParts): Credentials | undefined {
  const { section, options } = parts;
  const { auth_type: type } = options;
  if (type === null) return undefined;
  if (type === 'none' || type === 'noauth') return fixedCredentials({}, options.endpoint);
  if (type === 'admin_token') {
    if (!options.token) throw new AuthMisconfigured({ section, why: 'auth_type admin_token needs token' });
    return fixedCredentials({ 'X-Auth-Token': options.token }, options.endpoint);
  }
  if (type === 'http_basic') {
    const pair = Buffer.from(`${options.username ?? ''}:${options.password ?? ''}`).toString('base64');
    return fixedCredentials({ Authorization: `Basic ${pair}` }, options.endpoint);
  }
  if (!keystoneTypes.includes(type)) {
    const known = [...keystoneTypes, ...fixedTypes].join(', ');
    throw new AuthMisconfigured({ section, why: `auth_type ${type} is not known; there are ${known}` });
  }
  // compat: a ready token with a ready endpoint needs no identity service.
  if (type === 'token' && options.token && options.endpoint && !options.auth_url)
    return fixedCredentials({ 'X-Auth-Token': options.token }, options.endpoint);
  if (!options.auth_url) throw new AuthMisconfigured({ section, why: `auth_type ${type} needs auth_url` });
  return keystoneCredentials(parts, options.auth_url);
}

function keystoneCredentials(parts: KeystoneParts, authUrl: string): Credentials {
  const { section, options, http, clock } = parts;
  const body = JSON.stringify(tokenRequest(section, options));
  let base: string | undefined;
  let token: Token | undefined;
  let asking: Promise<Token> | undefined;

  const identity = async (): Promise<string> => {
    base ??= asksForVersions(options) ? await identityAt(http, section, authUrl) : versionThree(authUrl);
    return base;
  };
  const ask = async (): Promise<Token> => {
    const url = `${await identity()}/auth/tokens`;
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const answer = await http.send({ method: 'POST', url, headers, body });
    if (answer.status === 404) base = undefined; // it may have moved
    token = tokenIn(section, url, answer, clock.now());
    return token;
  };
  const current = (signal?: AbortSignal): Promise<Token> | Token => {
    if (token && clock.now() < token.until) return token;
    // Shared by all who wait for it, and so not tied to anybody's signal.
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return whileWanted(asking, signal);
  };
  return {
    headers: async (signal) => ({ 'X-Auth-Token': (await current(signal)).id }),
    endpoint: undefined,
    catalogue: async (signal) => (await current(signal)).endpoints,
    identity,
    renew(refused) {
      if (token && refused['X-Auth-Token'] === token.id) token = undefined;
      return true;
    },
  };
}

/** compat: only the types without a version in their name ask which ones there are. */
const asksForVersions = ({ auth_type }: AuthOptions): boolean => !auth_type?.startsWith('v3');

function versionThree(authUrl: string): string {
  const { root, version } = partsOf(authUrl);
  return version ? authUrl.replace(/\/+$/, '') : `${root}/v3`;
}

/** The same promise for one who may leave before it is settled. */
function whileWanted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

function tokenIn(section: string, url: string, answer: Answer, now: number): Token {
  const { status, headers, text } = answer;
  const id = headers['x-subject-token'];
  if (status >= 300 || !id) {
    const why = id || status >= 300 ? sentenceIn(text) : 'its answer carries no X-Subject-Token';
    throw new AuthRefused({ url, section, status, why });
  }
  const { token = {} } = parsed(text) as { token?: { expires_at?: string; catalog?: unknown } };
  const ends = Date.parse(token.expires_at ?? '');
  const lives = (Number.isNaN(ends) ? now + withoutEnd : ends) - now;
  // Of a token that lives shorter than the margin half is used.
  return { id, until: now + Math.max(lives - renewMs, lives / 2), endpoints: endpointsOf(token.catalog) };
}

const parsed = (text: string): object => {
  try {
    return (JSON.parse(text) ?? {}) as object;
  } catch {
    return {};
  }
};

const sentenceIn = (text: string): string =>
  (parsed(text) as { error?: { message?: string } }).error?.message ?? (text.slice(0, 200) || 'without a reason');
