// What each service of the lab stands on, and the sections that all of them have.
import { type Keystone, password } from '../keystone.ts';
import type { Daemons, Program } from './daemons.ts';
import type { Ini, Section } from './ini.ts';
import type { MariaDb } from './mariadb.ts';

export interface Ground {
  readonly daemons: Daemons;
  readonly mariadb: MariaDb;
  readonly keystone: Keystone;
  /** Of the message bus. */
  readonly bus: string;
}

/** One of OpenStack's programs with that configuration file and no other. */
export const program = (daemons: Daemons, command: string, config: string, ...args: string[]): Program => ({
  command: `/usr/bin/${command}`,
  args: ['--config-file', config, '--config-dir', daemons.path('empty'), ...args],
});

/** Who a service is to another one. */
export const asUser = ({ url }: { url: string }, username: string): Section => ({
  auth_type: 'password',
  auth_url: url,
  username,
  password,
  user_domain_id: 'default',
  project_name: 'service',
  project_domain_id: 'default',
  region_name: 'RegionOne',
});

/** The sections that each service has: how it checks tokens, and policies as they were before scopes. */
export const usual = ({ keystone, daemons }: Pick<Ground, 'keystone' | 'daemons'>): Ini => ({
  keystone_authtoken: {
    // One user for all of OpenStack's own services is enough here.
    ...asUser(keystone, 'nova'),
    www_authenticate_uri: keystone.url,
    service_token_roles_required: true,
  },
  oslo_policy: { enforce_scope: false, enforce_new_defaults: false },
  oslo_concurrency: { lock_path: daemons.path('run') },
});

/** `[database]`; one set of connections for each worker. */
export const database = (connection: string): Section => ({ connection, max_pool_size: 5, max_overflow: 20 });

/** Whether something answers there over HTTP, whatever it says. */
export const answers = async (url: string): Promise<boolean> => {
  await fetch(url, { signal: AbortSignal.timeout(5000) });
  return true;
};
