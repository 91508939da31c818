import { expect, test } from 'vitest';
import { loadConfig } from '#config/load.ts';
import { listenAddresses } from './listen.ts';
import { ownDefaults } from './own-defaults.ts';

const nowhere = { on: undefined, address: undefined, httpUrl: '' };

test.each([
  [[], '127.0.0.1', undefined],
  [['api.host_ip=127.0.0.2'], '127.0.0.2', undefined],
  [['api.host_ip=0.0.0.0'], '0.0.0.0', 'Everybody who reaches 0.0.0.0:6385 may do everything'],
  [['api.host_ip=192.0.2.1'], '192.0.2.1', 'Everybody who reaches 192.0.2.1:6385 may do everything'],
  [['DEFAULT.auth_strategy=noauth'], '127.0.0.1', undefined],
  [['DEFAULT.auth_strategy=keystone'], '0.0.0.0', undefined],
  [['DEFAULT.auth_strategy=http_basic', 'api.host_ip=192.0.2.1'], '192.0.2.1', undefined],
])('with %j the API listens at %s', (sets, host, warning) => {
  const plan = listenAddresses(ownDefaults(loadConfig({ sets })), nowhere);
  expect(plan.listen).toEqual([{ host, port: 6385, ramdiskOnly: false }]);
  if (warning) expect(plan.warning).toContain(warning);
  else expect(plan.warning).toBeUndefined();
});
