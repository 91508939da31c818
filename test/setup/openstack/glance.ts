import { mkdir } from 'node:fs/promises';
import { freePort } from '../site.ts';
import { answers, database, type Ground, program, usual } from './ground.ts';
import { iniText } from './ini.ts';

/** Starts glance with images in files; resolves with its URL when it answers. */
export async function startGlance(ground: Ground): Promise<string> {
  const { daemons, mariadb } = ground;
  const port = await freePort();
  const [images, tasks, staging] = ['images', 'tasks', 'staging'].map((name) => daemons.path('lib', name));
  for (const folder of [images, tasks, staging]) await mkdir(folder!);
  const config = await daemons.config(
    'glance.conf',
    iniText({
      DEFAULT: { bind_host: '127.0.0.1', bind_port: port, workers: 1, enabled_backends: 'file:file' },
      database: database(await mariadb.create('glance')),
      glance_store: { default_backend: 'file' },
      file: { filesystem_store_datadir: images! },
      os_glance_tasks_store: { filesystem_store_datadir: tasks! },
      os_glance_staging_store: { filesystem_store_datadir: staging! },
      paste_deploy: { flavor: 'keystone', config_file: '/usr/share/glance-common/glance-api-paste.ini' },
      ...usual(ground),
    }),
  );
  await daemons.run('glance-db', program(daemons, 'glance-manage', config, 'db_sync'));
  await daemons.start('glance', program(daemons, 'glance-api', config));
  const url = `http://127.0.0.1:${port}`;
  await daemons.until('glance', () => answers(`${url}/healthcheck`));
  return url;
}
