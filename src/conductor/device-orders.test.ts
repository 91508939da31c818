import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { biosSettingsOf } from '#db/bios-settings.ts';
import { type Bench, by, conductorBench } from '../../test/setup/conductor.ts';

let bench: Bench;
let node: string;
beforeEach(async () => {
  bench = await conductorBench({ sets: ['conductor.node_locked_retry_attempts=1', 'conductor.automated_clean=false'] });
  node = (await bench.enroll()).uuid;
});
afterEach(() => bench.close());

test('a console is enabled in the background and told afterwards', async () => {
  await expect(bench.orders.console(node)).rejects.toThrow(/not enabled/);
  await bench.orders.setConsole({ node, enabled: true, by });
  expect(await bench.rest(node)).toMatchObject({ console_enabled: true, last_error: null });
  expect(await bench.orders.console(node)).toEqual({});
  await bench.orders.setConsole({ node, enabled: false, by });
  expect(await bench.rest(node)).toMatchObject({ console_enabled: false });
});

test('a node without a console says so at once', async () => {
  const other = await bench.enroll({ console_interface: 'no-console' });
  await expect(bench.orders.setConsole({ node: other.uuid, enabled: true, by })).rejects.toThrow(/console/);
});

test('a target RAID is kept, and refused where the interface has none', async () => {
  const target = { logical_disks: [{ raid_level: '1', size_gb: 100 }] };
  await bench.orders.setRaid({ node, target, by });
  expect((await bench.node(node)).target_raid_config).toEqual(target);
  const other = await bench.enroll({ raid_interface: 'no-raid' });
  await expect(bench.orders.setRaid({ node: other.uuid, target, by })).rejects.toThrow(/raid/);
});

test.each([
  ['the boot mode', () => bench.orders.setBootMode({ node, target: 'uefi', by }), /boot mode/],
  ['secure boot', () => bench.orders.setSecureBoot({ node, target: true, by }), /secure boot/],
  ['virtual media', () => bench.orders.detachMedia({ node, device_types: ['cdrom'], by }), /virtual media/],
])('%s is accepted, and that the board cannot do it stands in last_error', async (_what, order, why) => {
  await order();
  expect((await bench.rest(node)).last_error).toMatch(why);
});

test('an indicator is listed, switched and shows its new state', async () => {
  expect(await bench.orders.indicators(node)).toHaveLength(2);
  await bench.orders.setIndicator({ node, component: 'system', name: 'led', state: 'blinking', by });
  expect(await bench.orders.indicator({ node, component: 'system', name: 'led' })).toBe('blinking');
  const dark = bench.orders.setIndicator({ node, component: 'chassis', name: 'led-0', state: 'OFF', by });
  await expect(dark).rejects.toThrow(/seen, not switched/);
  await expect(bench.orders.indicator({ node, component: 'x', name: 'y' })).rejects.toThrow(/There is no indicator/);
});

test('vendor methods are listed, answer at once or later, and refuse what they are not called with', async () => {
  const call = (method: string, body: unknown, httpMethod = 'POST') =>
    bench.orders.passthru({ node, method, httpMethod, body, by });
  const methods = await bench.orders.passthruMethods(node);
  expect(methods.third_method_sync).toMatchObject({
    async: false,
    http_methods: ['POST'],
    require_exclusive_lock: true,
  });
  expect(await call('third_method_sync', { bar: 'meow' })).toMatchObject({ async: false, answer: true });
  expect(await call('fourth_method_shared_lock', { bar: 'x' })).toEqual({ async: true, attach: false });
  expect(await call('second_method', { bar: 'x' })).toEqual({ async: true, attach: false });
  await expect(call('second_method', {}, 'GET')).rejects.toThrow(/not called with GET/);
  await expect(call('nothing', {})).rejects.toThrow(/no method/);
  await vi.waitFor(() => expect(call('third_method_sync', {})).rejects.toThrow(/"bar"/));
});

test('settings that were applied are the ones that are kept, until they are reset', async () => {
  const clean = async (step: string, args?: object) => {
    await bench.orders.provision({
      node,
      event: 'clean',
      args: { clean_steps: [{ interface: 'bios', step, args }] },
      by,
    });
    await bench.rest(node);
    return (await biosSettingsOf(bench.db.read, node)).map(({ name, value }) => [name, value]);
  };
  await bench.orders.provision({ node, event: 'manage', args: {}, by });
  await bench.rest(node);
  expect(
    await clean('apply_configuration', {
      settings: [
        { name: 'a', value: 'b' },
        { name: 'c', value: 1 },
      ],
    }),
  ).toEqual([
    ['a', 'b'],
    ['c', '1'],
  ]);
  expect(await clean('apply_configuration', { settings: [{ name: 'a', value: 'z' }] })).toEqual([['a', 'z']]);
  expect(await clean('factory_reset')).toEqual([]);
});
