import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres } from '../../setup/databases.ts';
import { openSite, type Site } from '../../setup/site.ts';

let site: Site;
let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
  site = await openSite({ machines: 3, sets: [`database.connection=${await server.createDatabase()}`] });
});
afterAll(async () => {
  await site?.close();
  await server?.stop();
});

test('on PostgreSQL machines go the whole way too, three at once', async () => {
  await Promise.all(
    site.rack.descriptions.map(async ({ name }) => {
      await site.enroll(name);
      await site.provision(name, 'manage');
      await site.until(name, 'manageable');
      await site.provision(name, 'provide');
      await site.until(name, 'available');
      await site.provision(name, 'active');
      expect(await site.until(name, 'active')).toMatchObject({ power_state: 'power on', last_error: null });
      await site.provision(name, 'rebuild');
      expect(await site.until(name, 'active')).toMatchObject({ power_state: 'power on', last_error: null });
      await site.provision(name, 'deleted');
      expect(await site.until(name, 'available')).toMatchObject({ last_error: null });
    }),
  );
});
