import { mkdir } from 'node:fs/promises';
import { freePort } from '../site.ts';
import { asUser, database, type Ground, program, usual } from './ground.ts';
import { iniText } from './ini.ts';

/** Starts neutron's server without agents, with networking-baremetal; resolves with its URL when it answers. */
export async function startNeutron(ground: Ground): Promise<string> {
  const { daemons, mariadb, keystone, bus } = ground;
  const port = await freePort();
  const state = daemons.path('lib', 'neutron');
  await mkdir(state);
  const config = await daemons.config(
    'neutron.conf',
    iniText({
      DEFAULT: {
        bind_host: '127.0.0.1',
        bind_port: port,
        core_plugin: 'ml2',
        service_plugins: '',
        auth_strategy: 'keystone',
        transport_url: bus,
        api_workers: 1,
        rpc_workers: 1,
        rpc_state_report_workers: 0,
        state_path: state,
        api_paste_config: '/usr/share/neutron-common/api-paste.ini',
      },
      database: database(await mariadb.create('neutron')),
      ml2: {
        type_drivers: 'flat,local',
        tenant_network_types: 'local',
        mechanism_drivers: 'baremetal',
        extension_drivers: 'port_security',
      },
      ml2_type_flat: { flat_networks: 'physnet1' },
      nova: asUser(keystone, 'nova'),
      ...usual(ground),
    }),
  );
  await daemons.run('neutron-db', program(daemons, 'neutron-db-manage', config, 'upgrade', 'heads'));
  await daemons.start('neutron', program(daemons, 'neutron-server', config));
  const url = `http://127.0.0.1:${port}`;
  // Its first question to the database must not be for ports: only then do they know all their parts.
  const token = await keystone.token('nova', { project: 'service' });
  const headers = { 'X-Auth-Token': token };
  await daemons.until('neutron', async () => (await fetch(`${url}/v2.0/networks`, { headers })).ok);
  return url;
}
