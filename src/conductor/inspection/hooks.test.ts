import { expect, test } from 'vitest';
import { loadConfig } from '#config/load.ts';
import { hooksOf } from './hooks.ts';

test('the hooks of the default configuration are all had', () => {
  const { config } = loadConfig({ sets: [] });
  expect(hooksOf(config.inspector.hooks).map(([name]) => name)).toEqual([
    'ramdisk-error',
    'validate-interfaces',
    'ports',
    'architecture',
  ]);
});

test.each([
  ['ports', /needs validate-interfaces before it/],
  ['ports,validate-interfaces', /needs validate-interfaces before it/],
  ['ramdisk-error,no-such', /names "no-such"; there are/],
])('the hooks %j are refused', (option, why) => expect(() => hooksOf(option)).toThrow(why));
