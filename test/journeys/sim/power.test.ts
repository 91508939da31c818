// Bare metal is the source of truth: whatever changes the power of a machine, the record follows, and nova is told.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type PowerSite, powerSite } from '../../setup/power-site.ts';

let site: PowerSite;
afterEach(() => site?.close());

const soon = { timeout: 20_000, interval: 20 };
const nameOf = (n: number): string => site.rack.descriptions[n]!.name;
const machine = (name: string) => site.rack.machine(name);

interface Outlets {
  readonly outlets: readonly { name: string; lag: number }[];
  readonly nova: {
    waiting: number;
    oldest_since: string | null;
    callbacks: { state: string; reason: string | null; instance_uuid: string }[];
  };
}
const outlets = () => site.api<Outlets>('GET', '/ingot/v1/outlets');
const quiet = () => vi.waitFor(async () => expect((await outlets()).nova.waiting).toBe(0), soon);

/** A system that heeds the power button runs on the machine; its boot found nothing. */
async function systemRuns(name: string): Promise<void> {
  const { hardware } = machine(name);
  await vi.waitFor(() => expect(hardware.running.is).toBe('nothing'), soon);
  hardware.running = { is: 'system', image: 'disk', configDrive: null };
}

test('power pulled at the machine behind everyone’s back: record and nova follow after one sync', async () => {
  site = await powerSite({
    machines: 1,
    sets: ['conductor.sync_power_state_interval=1', 'conductor.force_power_state_during_sync=false'],
  });
  const name = nameOf(0);
  const instance = await site.withInstance(name);
  await site.power(name, 'power on');
  await vi.waitFor(() => expect(site.nova.stateOf(instance)).toBe('POWER_ON'), soon);
  await machine(name).set('off');
  await vi.waitFor(() => expect(site.nova.stateOf(instance)).toBe('POWER_OFF'), soon);
  expect((await site.node(name)).power_state).toBe('power off');
  // Put down by one side, brought up by the other: nova is told of that too.
  await site.power(name, 'power on');
  await vi.waitFor(() => expect(site.nova.stateOf(instance)).toBe('POWER_ON'), soon);
});

test('with forcing the machine follows the record instead, and nova hears what it is in', async () => {
  site = await powerSite({ machines: 1, sets: ['conductor.sync_power_state_interval=1'] });
  const name = nameOf(0);
  const instance = await site.withInstance(name);
  await site.power(name, 'power on');
  await vi.waitFor(() => expect(site.nova.told).toHaveLength(1), soon);
  await machine(name).set('off');
  await vi.waitFor(() => expect(site.nova.told).toHaveLength(2), soon);
  expect(machine(name).power()).toBe('on');
  expect(site.nova.stateOf(instance)).toBe('POWER_ON');
});

test('each kind of power action tells nova once, and one that changes nothing tells it nothing', async () => {
  site = await powerSite({ machines: 2, sets: ['conductor.sync_power_state_interval=0'] });
  const name = nameOf(0);
  const instance = await site.withInstance(name);
  const soFar: { instance: string; tag: string }[] = [];
  for (const [target, tag] of [
    ['power on', 'POWER_ON'],
    ['power on', null],
    ['rebooting', 'POWER_ON'],
    ['soft rebooting', 'POWER_ON'],
    ['soft power off', 'POWER_OFF'],
    ['soft power off', null],
    ['power off', null],
    ['soft rebooting', 'POWER_ON'],
    ['power off', 'POWER_OFF'],
  ] as const) {
    if (target.startsWith('soft') && machine(name).power() === 'on') await systemRuns(name);
    await site.power(name, target);
    if (tag) soFar.push({ instance, tag });
    // Each is awaited: of two states that wait for nova only the newer one is told.
    await vi.waitFor(() => expect(site.nova.told, target).toEqual(soFar), soon);
    expect(await site.node(name)).toMatchObject({ last_error: null });
  }
  // No instance, no callback.
  const other = nameOf(1);
  await site.withInstance(other);
  await site.api('PATCH', `/v1/nodes/${other}`, [{ op: 'remove', path: '/instance_uuid' }]);
  await site.power(other, 'power on');
  await quiet();
  expect(site.nova.told).toEqual(soFar);
});

test('a machine whose system does not heed a soft power-off stays on, and nova hears nothing', async () => {
  site = await powerSite({ machines: 1, sets: ['conductor.sync_power_state_interval=0'] });
  const name = nameOf(0);
  const instance = await site.withInstance(name);
  await site.power(name, 'power on');
  await vi.waitFor(() => expect(site.nova.stateOf(instance)).toBe('POWER_ON'), soon);
  machine(name).hardware.faults.set('stuck-power', 'any');
  await site.api('PUT', `/v1/nodes/${name}/states/power`, { target: 'soft power off', timeout: 1 });
  await site.rest(name);
  expect(await site.node(name)).toMatchObject({
    power_state: 'power on',
    last_error: expect.stringContaining('1 s after the request its BMC still says "power on"'),
  });
  await quiet();
  expect(site.nova.told).toHaveLength(1);
});

test('SIGHUP switches what nova is told while Ingot runs', async () => {
  site = await powerSite({ machines: 1, sets: ['conductor.sync_power_state_interval=0'] });
  const name = nameOf(0);
  await site.withInstance(name);
  await site.stop();
  const file = join(site.folder, 'live.conf');
  const tellNova = (yes: boolean) => writeFile(file, `[nova]\nsend_power_notifications = ${yes}\n`);
  await tellNova(true);
  const ingot = await site.startProcess(file);
  let on = false;
  const toggle = () => {
    on = !on;
    return site.power(name, on ? 'power on' : 'power off');
  };
  await toggle();
  await vi.waitFor(() => expect(site.nova.told).toHaveLength(1), soon);

  await tellNova(false);
  ingot.hup();
  const toldByToggle = async () => {
    const before = site.nova.told.length;
    await toggle();
    await vi.waitFor(async () => {
      const { outlets: all, nova } = await outlets();
      expect([nova.waiting, ...all.map(({ lag }) => lag)].every((n) => n === 0)).toBe(true);
    }, soon);
    return site.nova.told.length - before;
  };
  await vi.waitFor(async () => expect(await toldByToggle()).toBe(0), soon);
  expect(await toldByToggle()).toBe(0);

  await tellNova(true);
  ingot.hup();
  await vi.waitFor(async () => expect(await toldByToggle()).toBe(1), soon);
  await ingot();
});

test('a power action that fails tells nova nothing; nova that fails changes nothing of the action', async () => {
  site = await powerSite({
    machines: 1,
    sets: ['conductor.sync_power_state_interval=0', 'conductor.power_state_change_timeout=2'],
  });
  const name = nameOf(0);
  await site.withInstance(name);
  machine(name).hardware.faults.set('stuck-power', 'any');
  await site.power(name, 'power on');
  expect(await site.node(name)).toMatchObject({
    power_state: 'power off',
    last_error: expect.stringContaining('failed'),
  });
  machine(name).hardware.faults.delete('stuck-power');
  expect(site.nova.requests).toHaveLength(0);
  site.nova.behave({ status: 207, body: '{"events":[{"code":404,"status":"failed"}]}' });
  await site.power(name, 'power on');
  expect(await site.node(name)).toMatchObject({ power_state: 'power on', last_error: null, maintenance: false });
  await quiet();
  expect((await outlets()).nova.callbacks).toMatchObject([
    { state: 'refused', reason: expect.stringContaining('404') },
  ]);
});

test('a BMC that keeps silent puts its node into maintenance, and it comes back by itself', async () => {
  site = await powerSite({
    machines: 1,
    sets: [
      'conductor.sync_power_state_interval=1',
      'conductor.power_state_sync_max_retries=0',
      'conductor.power_failure_recovery_interval=1',
    ],
  });
  const name = nameOf(0);
  const instance = await site.withInstance(name);
  await site.power(name, 'power on');
  await vi.waitFor(() => expect(site.nova.told).toHaveLength(1), soon);
  machine(name).hardware.faults.set('silent', true);
  await vi.waitFor(
    async () =>
      expect(await site.node(name)).toMatchObject({ maintenance: true, fault: 'power failure', power_state: null }),
    { timeout: 40_000, interval: 100 },
  );
  await machine(name).set('off');
  machine(name).hardware.faults.delete('silent');
  await vi.waitFor(
    async () =>
      expect(await site.node(name)).toMatchObject({ maintenance: false, fault: null, power_state: 'power off' }),
    { timeout: 60_000, interval: 100 },
  );
  await vi.waitFor(() => expect(site.nova.stateOf(instance)).toBe('POWER_OFF'), soon);
});

test('20 changes on five instances while nova is away, and a restart in between: each ends right, none older after newer', async () => {
  site = await powerSite({ machines: 5, sets: ['conductor.sync_power_state_interval=0'] });
  const names = site.rack.descriptions.map((one) => one.name);
  const instances = new Map<string, string>();
  for (const name of names) instances.set(name, await site.withInstance(name));
  await site.nova.down();
  const history = new Map<string, string[]>(names.map((name) => [name, []]));
  for (let n = 0; n < 20; n++) {
    const name = names[n % 5]!;
    const target = Math.floor(n / 5) % 2 ? 'power off' : 'power on';
    await site.power(name, target);
    history.get(name)!.push(target === 'power on' ? 'POWER_ON' : 'POWER_OFF');
    if (n === 11) {
      await site.stop();
      await site.start();
    }
  }
  const waiting = await outlets();
  expect(waiting.nova.waiting).toBe(5);
  expect(waiting.nova.oldest_since).not.toBeNull();
  const figures = await site.text('/metrics');
  expect(figures).toMatch(/^ingot_nova_callbacks_waiting 5$/m);
  expect(figures).toMatch(/^ingot_nova_answers 0$/m);
  expect(figures).toMatch(
    /^ingot_api_requests_total\{method="PUT",route="\/v1\/nodes\/\{node\}\/states\/power",status="2xx"\} 8$/m,
  );
  const back = performance.now();
  await site.nova.up();
  await vi.waitFor(() => expect(new Set(site.nova.told.map((event) => event.instance)).size).toBe(5), {
    timeout: 60_000,
    interval: 20,
  });
  console.log(`nova was told of five instances ${Math.round(performance.now() - back)} ms after its return`);
  for (const name of names) {
    const told = site.nova.told.filter((event) => event.instance === instances.get(name)).map((event) => event.tag);
    expect(new Set(told)).toEqual(new Set([history.get(name)!.at(-1)]));
  }
});

test('what nova has not heard when Ingot ends is told when it starts again', async () => {
  site = await powerSite({ machines: 1, sets: ['conductor.sync_power_state_interval=0'] });
  const name = nameOf(0);
  const instance = await site.withInstance(name);
  await site.nova.down();
  await site.power(name, 'power on');
  await site.stop();
  await site.nova.up();
  await site.start();
  await vi.waitFor(() => expect(site.nova.stateOf(instance)).toBe('POWER_ON'), soon);
});

test('Ingot killed in the middle of it, with requests to nova under way: nova ends with what the machines are in', async () => {
  site = await powerSite({ machines: 5, sets: ['conductor.sync_power_state_interval=0'] });
  const names = site.rack.descriptions.map((one) => one.name);
  const instances = new Map<string, string>();
  for (const name of names) instances.set(name, await site.withInstance(name));
  await site.stop();
  let kill = await site.startProcess();
  site.nova.behave('hang');
  for (let n = 0; n < 20; n++) {
    await site.power(names[n % 5]!, Math.floor(n / 5) % 2 ? 'power off' : 'power on');
    if (n === 6 || n === 12) {
      await kill();
      kill = await site.startProcess();
    }
  }
  await kill();
  site.nova.behave('well');
  await site.start();
  await vi.waitFor(() => expect(new Set(site.nova.told.map((event) => event.instance)).size).toBe(5), soon);
  for (const name of names) {
    expect(site.nova.stateOf(instances.get(name)!)).toBe('POWER_OFF');
    expect((await site.node(name)).power_state).toBe('power off');
    expect(machine(name).power()).toBe('off');
  }
  // As nobody knows what became of the requests that were cut off, each is said once more later.
  expect((await outlets()).nova).toMatchObject({
    waiting: 5,
    callbacks: [{ reason: expect.stringContaining('once more') }, {}, {}, {}, {}],
  });
});
