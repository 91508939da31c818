// One service of OpenStack: who we are to it, where it is, and requests to it with one renewal of a token that it refuses.

import type { Credentials } from './auth.ts';
import { pickEndpoint, type Wanted } from './catalogue.ts';
import { baseFor } from './discovery.ts';
import { AuthMisconfigured, NoEndpoint } from './errors.ts';
import type { Answer, Http } from './http.ts';
import { type Range, speaking, type Version, versionIn } from './versions.ts';

/** The adapter options of a section, as keystoneauth names them. */
export interface AdapterOptions extends Wanted {
  readonly endpoint_override: string | null;
  readonly version?: string | null;
  readonly min_version?: string | null;
  readonly max_version?: string | null;
}

export interface AdapterParts {
  /** Name of the section: for messages. */
  readonly section: string;
  readonly options: AdapterOptions;
  /**
   * The major version that its paths belong to, such as `2.1`, where the options name none; undefined: whatever the
   * endpoint is.
   */
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
   * The answer, whatever its status. A 401 is met with new credentials once,
   * where there are any. Throws ServiceUnreachable, AuthRefused, AuthMisconfigured, NoEndpoint or NoVersion.
   */
  request(call: ServiceCall): Promise<Answer>;
  /** Where a request to `path` goes, and what proves there who we are: for content that is streamed by somebody else. */
  address(path: string, signal?: AbortSignal): Promise<{ url: string; headers: Readonly<Record<string, string>> }>;
}

/** Throws AuthMisconfigured where the options name versions that are none. */
export function makeAdapter(parts: AdapterParts): Adapter {
  const { section, options, credentials, http } = parts;
  const wanted = versionsWanted(section, options, parts.version);
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
    if (base?.from === found) return base.url;
    const { url, sure } = wanted
      ? await baseFor(http, found, { section, ...wanted }, signal)
      : { url: found, sure: true };
    const plain = url.replace(/\/+$/, '');
    if (sure) base = { from: found, url: plain };
    return plain;
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
    async address(path, signal) {
      const headers = await credentials.headers(signal);
      return { url: `${await endpoint(signal)}${path}`, headers };
    },
  };
}

/** The versions that will do: the option `version`, the range of the options, or the version of the paths. */
function versionsWanted(
  section: string,
  options: AdapterOptions,
  usual: string | undefined,
): { range: Range; named: string } | undefined {
  const { version, min_version: min, max_version: max } = options;
  const read = (option: string, text: string): Version => {
    const found = versionIn(text);
    if (!found) throw new AuthMisconfigured({ section, why: `${option} is no version: ${text}` });
    return found;
  };
  if (version && (min || max))
    throw new AuthMisconfigured({ section, why: 'version goes without min_version and max_version' });
  if (min || max) {
    const range = { min: min ? read('min_version', min) : undefined, max: max ? read('max_version', max) : undefined };
    return { range, named: `${min ?? 'any'} to ${max ?? 'any'}` };
  }
  const named = version ?? usual;
  return named ? { range: speaking(read('version', named)), named } : undefined;
}
