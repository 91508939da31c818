// Asking keystone whether a token is good, with a token of our own.
import { makeAdapter } from './adapter.ts';
import type { Credentials } from './auth.ts';
import { identityAt } from './discovery.ts';
import { NoEndpoint } from './errors.ts';
import type { Answer, Http } from './http.ts';

export interface TokenCheckParts {
  readonly section: string;
  readonly authUrl: string;
  readonly credentials: Credentials;
  readonly http: Http;
  /** Of the identity endpoint in the catalogue; where that has none, `authUrl` is used. */
  readonly interface: string;
  readonly region: string | null;
  /** Whether the answer shall carry the catalogue of the token. */
  readonly catalogue: boolean;
}

/**
 * Returns the function that asks (Identity API v3, GET /v3/auth/tokens): 200 with the token's facts, 404 for one that is
 * not good. Our own token is renewed once when it is refused. Rejects with ServiceUnreachable, AuthRefused,
 * AuthMisconfigured or NoVersion.
 */
export function tokenCheck(parts: TokenCheckParts) {
  const { section, authUrl, credentials, http, region, catalogue } = parts;
  const usual = { service_type: 'identity', service_name: null, valid_interfaces: [parts.interface] };
  const at = (endpoint_override: string | null) => {
    const options = { ...usual, region_name: region, endpoint_override };
    return makeAdapter({ section, options, version: '3', credentials, http });
  };
  let adapter = at(null);
  const request = async (path: string, headers: Readonly<Record<string, string>>): Promise<Answer> => {
    try {
      return await adapter.request({ method: 'GET', path, headers });
    } catch (error) {
      if (!NoEndpoint.is(error)) throw error;
      adapter = at((await credentials.identity?.()) ?? (await identityAt(http, section, authUrl)));
      return adapter.request({ method: 'GET', path, headers });
    }
  };
  return async (token: string, { allowExpired }: { allowExpired: boolean }): Promise<Answer> => {
    // What no header can carry is no token.
    if (!/^[\x21-\x7e]+$/.test(token)) return { status: 404, headers: {}, text: '' };
    const query = [...(catalogue ? [] : ['nocatalog']), ...(allowExpired ? ['allow_expired=1'] : [])].join('&');
    return request(`/auth/tokens${query && `?${query}`}`, {
      Accept: 'application/json',
      'X-Subject-Token': token,
      // Without it keystone finds no token whose access rules somebody has to heed.
      'OpenStack-Identity-Access-Rules': '1',
    });
  };
}
