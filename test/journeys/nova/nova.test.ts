// A real nova whose servers stand on Ingot's nodes, booted by nova's own ironic driver: whatever happens to the power of a
// machine, nova's database says what the machine is in.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type NovaSite, openNovaSite } from '../../setup/openstack/nova-site.ts';
import { type Owned, recorded, spread } from './changes.ts';
import { type Delay, followed, median, newestChange } from './delays.ts';

const count = 5;
const on = { power: 'on', vm: 'active', task: null };
const off = { power: 'off', vm: 'stopped', task: null };

let site: NovaSite;
const owned: Owned[] = [];
const delays: Delay[] = [];

const patience = { timeout: 240_000, interval: 250 };
const novaSays = (instance: string, row: typeof on) =>
  vi.waitFor(async () => expect(await site.openstack.instance(instance)).toEqual(row), patience);

beforeAll(async () => {
  site = await openNovaSite(count);
  await Promise.all(site.rack.descriptions.map(({ name }) => site.offer(name)));
}, 900_000);

afterAll(async () => {
  await site?.close();
  const of = (key: keyof Delay) => delays.map((delay) => delay[key]);
  if (delays.length)
    console.log(
      `${delays.length} power changes: commit to event at nova ${median(of('commitToEvent'))} ms (at most ${Math.max(...of('commitToEvent'))}), ` +
        `event to nova's database ${median(of('eventToRow'))} ms (at most ${Math.max(...of('eventToRow'))})`,
    );
});

test('nova boots servers on nodes, and they are active', async () => {
  const { nova } = site.openstack;
  const [flavor, imageRef] = [await nova.flavor(site.resourceClass), await nova.image('disk', site.image)];
  await vi.waitFor(async () => expect(await nova.free(site.resourceClass)).toBe(count), patience);
  const names = site.rack.descriptions.map(({ name }) => `server-on-some-${name}`);
  const asked = await Promise.all(names.map((name) => nova.boot({ name, flavor, image: imageRef })));
  for (const instance of asked) {
    await vi.waitFor(async () => expect((await site.openstack.instance(instance)).vm).not.toBe('building'), patience);
    const { status, fault } = await nova.server(instance);
    expect({ status, fault }).toEqual({ status: 'ACTIVE' });
    await novaSays(instance, on);
    const { nodes } = await site.api<{ nodes: { name: string }[] }>('GET', `/v1/nodes?instance_uuid=${instance}`);
    owned.push({ node: nodes[0]!.name, instance });
  }
});

test('a machine that is switched off at its BMC is stopped in nova after one power sync', async () => {
  const { node, instance } = owned[0]!;
  await site.rack.machine(node).set('off');
  await novaSays(instance, off);
  expect((await site.node(node)).power_state).toBe('power off');
  const event = await vi.waitFor(() => site.openstack.proxy.events.findLast((one) => one.instance === instance)!);
  expect(event.body).toBe(`{"events": [{"name": "power-update", "server_uuid": "${instance}", "tag": "POWER_OFF"}]}`);
  expect(event.headers).toMatchObject({
    'openstack-api-version': 'compute 2.76',
    'x-openstack-nova-api-version': '2.76',
  });
  expect(JSON.parse(event.answer)).toMatchObject({ events: [{ status: 'completed', code: 200 }] });
});

test('a server that was put down is brought up through the bare metal API, and nova follows', async () => {
  const { node, instance } = owned[0]!;
  await site.power(node, 'power on');
  await novaSays(instance, on);
});

test('a power change is in nova soon after it is in the record', async () => {
  const { node, instance } = owned[0]!;
  for (let round = 0; round < 5; round += 1)
    for (const to of ['off', 'on'] as const) {
      delays.push(await followed(site, node, instance, to));
      await recorded(site, node, to);
    }
  expect(await site.openstack.instance(instance)).toEqual(on);
});

test('nova stops and starts a server itself, and the event that tells it so changes nothing', async () => {
  const { node, instance } = owned[1]!;
  const { nova } = site.openstack;
  await nova.act(instance, { 'os-stop': null });
  await novaSays(instance, off);
  await recorded(site, node, 'off');
  expect(newestChange(site, instance, 'power off').target).toBe('soft power off');
  await nova.act(instance, { 'os-start': null });
  await novaSays(instance, on);
  await recorded(site, node, 'on');
});

/** Twenty changes while nova-api is away; when it is back, nova has the newest state of each, and was told no other. */
async function missed(onChange?: (made: number) => void): Promise<void> {
  const { openstack } = site;
  await openstack.stopNovaApi();
  const ends = await spread(site, owned, [3, 4, 5, 3, 5], onChange);
  const before = openstack.proxy.events.length;
  await openstack.startNovaApi();
  for (const [i, { instance }] of owned.entries()) await novaSays(instance, ends[i] === 'on' ? on : off);
  const told = (instance: string) =>
    openstack.proxy.events.slice(before).flatMap((event) => (event.instance === instance ? [event.tag] : []));
  for (const [i, { instance }] of owned.entries()) {
    await vi.waitFor(() => expect(told(instance)).not.toEqual([]), patience);
    expect(new Set(told(instance))).toEqual(new Set([ends[i] === 'on' ? 'POWER_ON' : 'POWER_OFF']));
  }
}

test('twenty changes while nova is away: each instance ends right, and no older state is told after a newer one', () =>
  missed());

test('the same when Ingot is killed in the middle', async () => {
  let back: Promise<void> | undefined;
  await missed((made) => {
    if (made === 10) back = site.killIngot().then(() => site.startIngot());
  });
  expect(back).toBeDefined();
  await back;
});

test('servers that nova deletes leave their nodes available', async () => {
  const { nova } = site.openstack;
  await Promise.all(owned.map(({ instance }) => nova.delete(instance)));
  for (const { instance } of owned)
    await vi.waitFor(async () => expect(await nova.isGone(instance)).toBe(true), patience);
  for (const { node } of owned) {
    await vi.waitFor(async () => expect((await site.node(node)).provision_state).toBe('available'), patience);
    expect(await site.node(node)).toMatchObject({ instance_uuid: null, power_state: 'power off', last_error: null });
  }
});
