import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { openDb } from '#db/db.ts';
import { type PostgresServer, startPostgres } from '../../test/setup/databases.ts';
import { sightSuite } from './sight.suite.ts';

describe('on PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  sightSuite(async () => openDb({ url: await server.createSchema(), log: silent, clock: systemClock }), 120);
});
