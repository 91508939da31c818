// Who may ask, and what they may: [DEFAULT]auth_strategy, [keystone_authtoken] and [oslo_policy] joined.
import { basicGate } from '#api/auth/basic.ts';
import type { Gate } from '#api/auth/gate.ts';
import { keystoneGate } from '#api/auth/keystone.ts';
import { watchUserFile } from '#api/auth/user-file.ts';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { LoadedConfig } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import type { Authority } from '#contract/policies.ts';
import { makeAuthority } from '#model/policy/authority.ts';
import { withAuthSection } from '#openstack/auth-section.ts';
import { AuthMisconfigured } from '#openstack/errors.ts';
import { openHttp } from '#openstack/http.ts';
import { credentialsOf } from '#openstack/keystone.ts';
import { retrying } from '#openstack/retry.ts';
import { tokenCheck } from '#openstack/validate-token.ts';
import { openFiles } from './open-files.ts';
import { watchPolicies } from './policy-files.ts';

export interface Auth {
  /** undefined: nobody is asked who they are. */
  readonly gate: Gate | undefined;
  readonly authority: Authority;
  close(): Promise<void>;
}

interface Means {
  readonly clock: Clock;
  readonly log: Log;
}

/** Throws where what the strategy needs is missing or wrong. */
export function authOf(loaded: LoadedConfig, means: Means): Auth {
  const { DEFAULT, oslo_policy } = loaded.config;
  const standalone = DEFAULT.auth_strategy !== 'keystone';
  for (const warning of openFiles(loaded)) means.log.warn({}, warning);
  const authority = makeAuthority({
    rules: watchPolicies(loaded, means),
    enforceScope: oslo_policy.enforce_scope,
    ...(DEFAULT.rbac_service_role_elevated_access && { serviceProject: DEFAULT.rbac_service_project_name }),
    standalone,
  });
  if (!standalone) return { ...keystoneOf(loaded.config, means), authority };
  const users =
    DEFAULT.auth_strategy === 'http_basic'
      ? watchUserFile({ file: DEFAULT.http_basic_auth_user_file, ...means })
      : null;
  return { gate: users ? basicGate({ users }) : undefined, authority, close: async () => {} };
}

const section = 'keystone_authtoken';
const connectSeconds = 10;

function keystoneOf(config: Config, { clock, log }: Means): { gate: Gate; close(): Promise<void> } {
  const own = config.keystone_authtoken;
  const options = withAuthSection(section, own, config as unknown as Readonly<Record<string, object>>);
  const { auth_url: authUrl } = options;
  if (!authUrl) throw new AuthMisconfigured({ section, why: 'auth_strategy keystone needs auth_url' });
  const { cafile, certfile, keyfile, insecure, http_connect_timeout: timeout } = own;
  const session = { cafile, certfile, keyfile, insecure, timeout: timeout ?? connectSeconds };
  const http = retrying(openHttp(section, session), { connect_retries: own.http_request_max_retries }, clock);
  const credentials = credentialsOf({ section, options, http, clock });
  if (!credentials) throw new AuthMisconfigured({ section, why: 'auth_strategy keystone needs auth_type' });
  if (own.memcached_servers?.length)
    log.info({}, '[keystone_authtoken] memcached_servers is not used: checked tokens are remembered in this process');
  const { service_type: serviceType, region_name: region } = own;
  // Who does not know what it is itself has no use for the catalogue.
  const catalogue = own.include_service_catalog && serviceType !== null;
  const ask = tokenCheck({ section, authUrl, credentials, http, interface: own.interface, region, catalogue });
  const gate = keystoneGate({
    ask,
    clock,
    log,
    uri: own.www_authenticate_uri ?? authUrl,
    cacheSeconds: own.token_cache_time,
    serviceRoles: own.service_token_roles,
    serviceRolesRequired: own.service_token_roles_required,
    serviceType,
    delayDecision: own.delay_auth_decision,
  });
  return { gate, close: () => http.close() };
}
