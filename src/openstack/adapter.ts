// One service of OpenStack: who we are to it, where it is, and requests to it with one renewal of a token that it refuses.

import type { Credentials } from './auth.ts';
import { pickEndpoint, type Wanted } from './catalogue.ts';
import { baseFor } from './discovery.ts';
import { NoEndpoint } from './errors.ts';
import type { Answer, Http } from './http.ts';

/** The adapter options of a section, as keystoneauth names them. */
export interface AdapterOptions extends Wanted {
  readonly endpoint_override: string | null;
}

export interface AdapterParts {
  /** Name of the section: for messages. */
  readonly section: string;
  readonly options: AdapterOptions;
  /** The major version that its paths belong to, such as `2.1`; undefined: whatever the endpoint is. */
  readonly version?: string;
  readonly credentials: Credentials;
  readonly http: Http;
}

export interface ServiceCall {
  readonly method: string;
  /** Below the endpoint, beginning with a slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface Adapter {
  /**
   * The answer, whatever its status. A 401 is met with new credentials once, where there are any. Throws
   * ServiceUnreachable, AuthRefused, AuthMisconfigured or NoEndpoint.
   */
  request(call: ServiceCall): Promise<Answer>;
}

export function makeAdapter(parts: AdapterParts): Adapter {
  const { section, options, version, credentials, http } = parts;
  let base: { from: string; url: string } | undefined;

  const endpoint = async (signal?: AbortSignal): Promise<string> => {
    // compat: an override and the endpoint of a plugin without catalogue are used as they are, without discovery.
    const fixed = options.endpoint_override ?? credentials.endpoint;
    if (fixed) return fixed.replace(/\/+$/, '');
    const endpoints = (await credentials.catalogue?.(signal)) ?? [];
    const found = pickEndpoint(endpoints, options);
    if (!found) {
      const { service_type, service_name, valid_interfaces, region_name } = options;
      const wanted = [service_type, service_name, valid_interfaces.join(' or '), region_name]
        .filter(Boolean)
        .join(', ');
      throw new NoEndpoint({ section, wanted, found: [...new Set(endpoints.map((e) => e.type))].join(', ') || 'none' });
    }
    if (base?.from !== found)
      base = { from: found, url: version ? await baseFor(http, found, version, signal) : found };
    return base.url.replace(/\/+$/, '');
  };

  return {
    async request({ method, path, headers = {}, body, signal }) {
      const more = { ...(body !== undefined && { body }), ...(signal && { signal }) };
      for (let renewed = false; ; renewed = true) {
        const proof = await credentials.headers(signal);
        const url = `${await endpoint(signal)}${path}`;
        const answer = await http.send({ method, url, headers: { ...headers, ...proof }, ...more });
        if (answer.status !== 401 || renewed || !credentials.renew(proof)) return answer;
      }
    },
  };
}
