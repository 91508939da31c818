// Who we are to a service: the auth options of a section turned into headers and, where there is one, a catalogue.
import type { Endpoint } from './catalogue.ts';

/** The auth options of a section, as keystoneauth names them. */
export interface AuthOptions {
  readonly auth_type: string | null;
  readonly auth_url: string | null;
  readonly username: string | null;
  readonly user_id: string | null;
  readonly password: string | null;
  readonly user_domain_id: string | null;
  readonly user_domain_name: string | null;
  readonly project_id: string | null;
  readonly project_name: string | null;
  readonly project_domain_id: string | null;
  readonly project_domain_name: string | null;
  readonly domain_id: string | null;
  readonly domain_name: string | null;
  readonly default_domain_id: string | null;
  readonly default_domain_name: string | null;
  readonly system_scope: string | null;
  readonly trust_id: string | null;
  readonly tenant_id: string | null;
  readonly tenant_name: string | null;
  readonly application_credential_id: string | null;
  readonly application_credential_name: string | null;
  readonly application_credential_secret: string | null;
  readonly token: string | null;
  readonly endpoint: string | null;
}

export interface Credentials {
  /** Headers that prove who we are; throws what says why there are none. */
  headers(signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** The fixed endpoint of the options, or what the catalogue has; undefined: ask `catalogue`. */
  readonly endpoint: string | undefined;
  catalogue?(signal?: AbortSignal): Promise<readonly Endpoint[]>;
  /** Where version 3 of the identity service is, where there is one. */
  identity?(): Promise<string>;
  /** The service refused these headers with 401: true when new ones can be had. */
  renew(refused: Readonly<Record<string, string>>): boolean;
}

/** Credentials that never change: nothing, a user and password, or a ready token. */
export function fixedCredentials(headers: Readonly<Record<string, string>>, endpoint: string | null): Credentials {
  return { headers: async () => headers, endpoint: endpoint ?? undefined, renew: () => false };
}
