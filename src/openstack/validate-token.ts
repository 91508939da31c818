// Asking keystone whether a token is good, with a token of our own.
import type { Clock } from '#base/clock.ts';
import type { Credentials } from './auth.ts';
import { ServiceUnreachable } from './errors.ts';
import type { Answer, Http } from './http.ts';

export interface TokenCheckParts {
  readonly authUrl: string;
  readonly credentials: Credentials;
  readonly http: Http;
  readonly clock: Clock;
  /** How often to try again while the service cannot be reached. */
  readonly retries: number;
}

const firstPauseMs = 250;

/**
 * Returns the function that asks (Identity API v3, GET /v3/auth/tokens): 200 with the token's facts, 404 for one that is
 * not good. Our own token is renewed once when it is refused. Rejects with ServiceUnreachable, AuthRefused or
 * AuthMisconfigured.
 */
export function tokenCheck(parts: TokenCheckParts) {
  const { credentials, http, clock, retries } = parts;
  const base = parts.authUrl.replace(/\/+$/, '');
  const url = `${/\/v3$/.test(base) ? base : `${base}/v3`}/auth/tokens?nocatalog`;

  const once = async (token: string, allowExpired: boolean): Promise<Answer> => {
    for (let renewed = false; ; renewed = true) {
      const proof = await credentials.headers();
      const headers = { Accept: 'application/json', 'X-Subject-Token': token, ...proof };
      const answer = await http.send({ method: 'GET', url: allowExpired ? `${url}&allow_expired=1` : url, headers });
      if (answer.status !== 401 || renewed || !credentials.renew(proof)) return answer;
    }
  };

  return async (token: string, { allowExpired }: { allowExpired: boolean }): Promise<Answer> => {
    // What no header can carry is no token.
    if (!/^[\x21-\x7e]+$/.test(token)) return { status: 404, headers: {}, text: '' };
    for (let tried = 0; ; tried += 1) {
      try {
        return await once(token, allowExpired);
      } catch (error) {
        if (tried >= retries || !ServiceUnreachable.is(error)) throw error;
        await clock.sleep(firstPauseMs * 2 ** tried);
      }
    }
  };
}
