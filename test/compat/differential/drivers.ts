// Drivers, and what vendors add to them.
import { driver } from '#contract/resources/driver.ts';
import { oddTexts } from './odd-values.ts';
import type { Script } from './script.ts';

const names = ['fake-hardware', 'manual-management', 'FAKE-HARDWARE', 'nope', 'no%20pe', 'fake-hardware.json', 'a%2Fb'];

export function drivers(s: Script): void {
  const get = (path: string, minor = 115) => s.ask('GET', `/v1/drivers${path}`, undefined, { minor });
  for (const name of names) for (const minor of [115, 91, 90, 30, 29, 14, 13, 1]) get(`/${name}`, minor);
  for (const text of oddTexts) for (const key of ['type', 'detail', 'fields', 'bogus', 'limit']) get(`?${key}=${text}`);
  for (const type of ['classic', 'dynamic', 'Dynamic'])
    for (const minor of [115, 30, 29])
      for (const more of ['', '&detail=true', '&detail=false']) get(`?type=${type}${more}`, minor);
  for (const minor of [115, 77, 76, 30, 29]) {
    get('?fields=name,hosts', minor);
    get('/fake-hardware?fields=name,type', minor);
    get('?detail=true', minor);
    get('?fields=name&detail=true', minor);
  }
  for (const field of Object.keys(driver.fields)) {
    get(`?fields=${field}`);
    get(`/fake-hardware?fields=${field}`);
  }
  for (const name of names) {
    for (const minor of [115, 12, 11, 1]) {
      get(`/${name}/raid/logical_disk_properties`, minor);
      get(`/${name}/raid`, minor);
    }
    get(`/${name}/vendor_passthru/methods`);
    get(`/${name}/vendor_passthru`);
    get(`/${name}/nope`);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const tail of ['', '?method=', '?method=nope', '/nope', '/nope/more', '/methods'])
        s.ask(method, `/v1/drivers/${name}/vendor_passthru${tail}`, method === 'GET' ? undefined : {});
    }
  }
  for (const query of ['', '?driver_name=fake-hardware', '?driver_name=nope', '?bogus=1']) get(`/properties${query}`);
  get('/manual-management/properties');
  get('/manual-management/properties?bogus=1');
  get('/nope/properties');
}
