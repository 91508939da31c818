import { mkdir } from 'node:fs/promises';
import { freePort } from '../site.ts';
import { answers, type Ground, program } from './ground.ts';
import { iniText } from './ini.ts';
import { novaConfig } from './nova-config.ts';

export interface NovaServices {
  /** Where nova-api answers, without a version. */
  readonly url: string;
  /** nova-conductor, nova-scheduler, nova-api. */
  start(): Promise<void>;
  startApi(): Promise<void>;
  stopApi(): Promise<void>;
  /** nova-compute with the ironic driver. */
  startCompute(): Promise<void>;
}

/** Makes nova's databases; resolves when they are there. Its programs want the bus. */
export async function prepareNova(ground: Ground): Promise<NovaServices> {
  const { daemons, mariadb, bus } = ground;
  const [api, cell, cell0] = [
    await mariadb.create('nova_api'),
    await mariadb.create('nova'),
    await mariadb.create('nova_cell0'),
  ];
  const port = await freePort();
  const write = async (name: string, host: string, driver: string) => {
    const state = daemons.path('lib', name);
    await mkdir(`${state}/instances`, { recursive: true });
    const all = { api, cell, port };
    return daemons.config(`${name}.conf`, iniText(novaConfig(ground, all, host, driver, state)));
  };
  const control = await write('nova', 'controller', 'fake.FakeDriver');
  const compute = await write('nova-compute', 'baremetal', 'ironic.IronicDriver');
  const manage = (name: string, config: string, ...args: string[]) =>
    daemons.run(name, program(daemons, 'nova-manage', config, ...args));
  await manage('nova-api-db', control, 'api_db', 'sync');
  await manage('nova-cell0-map', control, 'cell_v2', 'map_cell0', '--database_connection', cell0);
  await manage('nova-db', control, 'db', 'sync', '--local_cell');
  await mariadb.copy('nova', 'nova_cell0'); // quicker than to make the same tables once more
  const cellArgs = ['--name', 'cell1', '--database_connection', cell, '--transport-url', bus];
  await manage('nova-cell', control, 'cell_v2', 'create_cell', ...cellArgs);

  const url = `http://127.0.0.1:${port}`;
  const startApi = async () => {
    await daemons.start('nova-api', program(daemons, 'nova-api', control));
    await daemons.until('nova-api', () => answers(url));
  };
  return {
    url,
    startApi,
    async start() {
      await daemons.start('nova-conductor', program(daemons, 'nova-conductor', control));
      await daemons.start('nova-scheduler', program(daemons, 'nova-scheduler', control));
      await startApi();
    },
    stopApi: () => daemons.stop('nova-api'),
    startCompute: () => daemons.start('nova-compute', program(daemons, 'nova-compute', compute)),
  };
}
