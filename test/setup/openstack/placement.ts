import { freePort } from '../site.ts';
import { answers, database, type Ground, program, usual } from './ground.ts';
import { iniText } from './ini.ts';

/** Starts placement; resolves with its URL when it answers. */
export async function startPlacement(ground: Ground): Promise<string> {
  const { daemons, mariadb } = ground;
  const port = await freePort();
  const config = await daemons.config(
    'placement.conf',
    iniText({
      api: { auth_strategy: 'keystone' },
      placement_database: database(await mariadb.create('placement')),
      ...usual(ground),
    }),
  );
  await daemons.run('placement-db', program(daemons, 'placement-manage', config, 'db', 'sync'));
  await daemons.start('placement', {
    command: '/usr/bin/placement-api',
    args: ['--host', '127.0.0.1', '--port', String(port)],
    env: { OS_PLACEMENT_CONFIG_DIR: daemons.path('etc') },
  });
  const url = `http://127.0.0.1:${port}`;
  await daemons.until('placement', () => answers(url));
  return url;
}
