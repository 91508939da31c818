// A service of OpenStack as its section describes it: session, retries, who we are, and which endpoint is meant.
import type { Clock } from '#base/clock.ts';
import { type Adapter, type AdapterOptions, makeAdapter } from './adapter.ts';
import { type AuthOptions, fixedCredentials } from './auth.ts';
import { withAuthSection } from './auth-section.ts';
import { openHttp, type SessionOptions } from './http.ts';
import { credentialsOf } from './keystone.ts';
import { type RetryOptions, retrying } from './retry.ts';

export interface ServiceOptions extends AuthOptions, SessionOptions, AdapterOptions, RetryOptions {
  readonly auth_section: string | null;
}

export interface ServiceParts {
  readonly section: string;
  readonly options: ServiceOptions;
  /** The whole configuration, for `auth_section`. */
  readonly sections: Readonly<Record<string, object>>;
  /** The major version that its paths belong to, where the options name none. */
  readonly version?: string;
  readonly clock: Clock;
}

export interface Service {
  readonly adapter: Adapter;
  close(): Promise<void>;
}

/**
 * undefined where the section names neither a way to authenticate nor an endpoint. Throws AuthMisconfigured where it names
 * what cannot be used, and where a file of it cannot be read.
 */
export function openService({ section, options: own, sections, version, clock }: ServiceParts): Service | undefined {
  const options = withAuthSection(section, own, sections);
  if (options.auth_type === null && (options.endpoint_override ?? options.endpoint) === null) return undefined;
  const http = retrying(openHttp(section, options), options, clock);
  const bare = fixedCredentials(options.token ? { 'X-Auth-Token': options.token } : {}, options.endpoint);
  const credentials = credentialsOf({ section, options, http, clock }) ?? bare;
  const adapter = makeAdapter({ section, options, credentials, http, ...(version && { version }) });
  return { adapter, close: () => http.close() };
}
