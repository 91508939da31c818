import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSite, type Site } from '../../setup/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite({ machines: 2 });
});
afterAll(() => site?.close());

test('a simulated machine goes from enroll to a running system and back to available', async () => {
  const name = site.rack.descriptions[0]!.name;
  await site.enroll(name);
  await site.provision(name, 'manage');
  expect(await site.until(name, 'manageable')).toMatchObject({ power_state: 'power off', last_error: null });
  await site.provision(name, 'provide');
  await site.until(name, 'available');
  await site.provision(name, 'active', { configdrive: { meta_data: { hello: 'world' } } });
  expect(await site.until(name, 'active')).toMatchObject({ power_state: 'power on', last_error: null });
  await site.provision(name, 'deleted');
  expect(await site.until(name, 'available')).toMatchObject({ last_error: null });
});
