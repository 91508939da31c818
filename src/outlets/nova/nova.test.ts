// The nova outlet over a real database, against a recorder that plays nova.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ManualClock, systemClock } from '#base/clock.ts';
import { type Log, silent } from '#base/log.ts';
import { loadConfig } from '#config/load.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { recordHappenings } from '#db/happenings.ts';
import { unsettledCallbacks } from '#db/nova-callbacks.ts';
import { type NovaRecorder, novaRecorder } from '../../../test/setup/nova-recorder.ts';
import { type Relay, startRelay } from '../relay.ts';
import { makeNova, type Nova } from './nova.ts';
import type { TellNova } from './power-update.ts';
import { NovaSender } from './sender.ts';

let db: Db;
let recorder: NovaRecorder;
let nova: Nova;
let relay: Relay;
const lines: { level: string; sentence: string }[] = [];
const noted = (level: string) => (_: object, sentence: string) => void lines.push({ level, sentence });
const log: Log = { ...silent, warn: noted('warn'), error: noted('error'), info: noted('info'), child: () => log };
let config: ReturnType<typeof loadConfig>['config'];

async function open(sets: readonly string[] = []): Promise<void> {
  config = loadConfig({
    sets: [`nova.endpoint_override=${recorder.url}`, 'nova.auth_type=admin_token', 'nova.token=secret', ...sets],
  }).config;
  nova = makeNova({ config, db, clock: systemClock, log, userAgent: 'ingot-conductor', doubtMs: 1000 })!;
  await nova.start();
  relay = await startRelay({ db, clock: systemClock, log }, [nova.outlet]);
}

async function shut(): Promise<void> {
  await relay.stop();
  await nova.stop();
}

beforeEach(async () => {
  lines.length = 0;
  db = await openDb({ url: 'sqlite::memory:', log: silent, clock: systemClock });
  recorder = await novaRecorder();
});

afterEach(async () => {
  await shut();
  await recorder.close();
  await db.close();
});

const change = (instance: string | null, to: string | null, kind = 'power.changed', requestId = 'req-1') =>
  db.write((tx) =>
    recordHappenings(tx, [{ kind, node: 'n', instance, from: null, to, target: to, by: { requestId } }]),
  );

const settled = () =>
  vi.waitFor(
    async () => expect((await unsettledCallbacks(db.read, 100)).filter((row) => row.settled_at === null)).toEqual([]),
    5000,
  );

test('the request is byte for byte what nova has always been sent', async () => {
  await open();
  const instance = randomUUID();
  await change(instance, 'power on', 'power.changed', 'req-6b7c');
  await vi.waitFor(() => expect(recorder.told).toHaveLength(1));
  await change(instance, 'power off', 'power.corrected', 'req-6b7d');
  await vi.waitFor(() => expect(recorder.told).toHaveLength(2));
  const [on, off] = recorder.requests;
  expect(on).toMatchObject({ method: 'POST', url: '/v2.1/os-server-external-events' });
  expect(on!.body).toBe(`{"events": [{"name": "power-update", "server_uuid": "${instance}", "tag": "POWER_ON"}]}`);
  expect(off!.body).toBe(`{"events": [{"name": "power-update", "server_uuid": "${instance}", "tag": "POWER_OFF"}]}`);
  expect(on!.headers).toMatchObject({
    accept: '*/*',
    'content-type': 'application/json',
    'openstack-api-version': 'compute 2.76',
    'x-openstack-nova-api-version': '2.76',
    'x-openstack-request-id': 'req-6b7c',
    'x-auth-token': 'secret',
  });
  expect(off!.headers['x-openstack-request-id']).toBe('req-6b7d');
});

test('without an instance, or for any other state than on and off, nothing is sent', async () => {
  await open();
  await change(null, 'power on');
  await change(randomUUID(), null, 'power.corrected');
  await change(randomUUID(), 'error', 'power.corrected');
  const last = randomUUID();
  await change(last, 'power off');
  await vi.waitFor(() => expect(recorder.told).toEqual([{ instance: last, tag: 'POWER_OFF' }]));
  expect(recorder.requests).toHaveLength(1);
  expect(lines.filter((line) => line.level === 'error')).toHaveLength(2);
});

test('switched off at run time nothing is sent, and what became wrong meanwhile is never told', async () => {
  await open();
  await recorder.down();
  const instance = randomUUID();
  await change(instance, 'power on');
  await vi.waitFor(() => expect(nova.counts.failed).toBeGreaterThan(0));
  config.nova.send_power_notifications = false;
  await change(instance, 'power off');
  await vi.waitFor(async () => expect(await unsettledCallbacks(db.read, 9)).toMatchObject([{ settled_as: 'dropped' }]));
  await recorder.up();
  config.nova.send_power_notifications = true;
  await change(instance, 'power on');
  await vi.waitFor(() => expect(recorder.told).toEqual([{ instance, tag: 'POWER_ON' }]), 10_000);
});

test('switched off from the start nobody is asked anything, keystone neither', async () => {
  const sets = [
    'auth_type=password',
    `auth_url=${recorder.url}/v3`,
    'username=u',
    'password=p',
    'project_name=service',
  ];
  const more = ['user_domain_name=Default', 'project_domain_name=Default', 'send_power_notifications=false'];
  await open([...sets, ...more].map((set) => `nova.${set}`));
  await change(randomUUID(), 'power on');
  await vi.waitFor(() => expect(relay.statuses()[0]).toMatchObject({ cursor: 1 }));
  expect([recorder.requests, nova.counts.sent, await unsettledCallbacks(db.read, 9), lines]).toEqual([[], 0, [], []]);
});

test('while nova is away the log says what waits, since when and why, again now and then, and when it is over', async () => {
  await open();
  await nova.stop(); // only its outlet is needed here
  const clock = new ManualClock(Date.now());
  let away = true;
  const tell: TellNova = async () =>
    away
      ? { is: 'silence', why: 'connection refused', mayHaveArrived: false }
      : { is: 'answer', status: 200, text: '{"events":[{"code":200}]}' };
  const sender = new NovaSender({ db, clock, log, tell, enabled: () => true, random: () => 1 });
  await change(randomUUID(), 'power on');
  await change(randomUUID(), 'power on');
  await vi.waitFor(async () => expect(await unsettledCallbacks(db.read, 9)).toHaveLength(2));
  await sender.start();
  const said = (part: string) => lines.filter(({ sentence }) => sentence.includes(part));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  /** Let time pass until it holds. */
  const until = async (holds: () => boolean) => {
    for (let turns = 0; !holds() && turns < 50_000; turns++) {
      if (clock.sleeping) clock.advance(1000);
      await turn();
    }
    expect(holds()).toBe(true);
  };
  await until(() => said('cannot be told').length === 1);
  expect(said('cannot be told')[0]).toEqual({
    level: 'warn',
    sentence: expect.stringMatching(/2 wait, the oldest since \d{4}-\d\d-\d\dT.*Z, .*: connection refused$/),
  });
  expect(sender.counts.away).toBe(true);
  const before = clock.now();
  await until(() => said('cannot be told').length === 2);
  expect(clock.now() - before).toBeGreaterThanOrEqual(600_000);
  away = false;
  await until(() => said('nova answers again').length === 1);
  expect(sender.counts.away).toBe(false);
  let stopped = false;
  void sender.stop().then(() => {
    stopped = true;
  });
  await until(() => stopped);
});

test('a server that nova does not know is settled with a warning, and asked about once', async () => {
  await open();
  recorder.behave({ status: 207, body: '{"events":[{"code":404,"status":"failed"}]}' });
  await change(randomUUID(), 'power on');
  await vi.waitFor(async () =>
    expect(await unsettledCallbacks(db.read, 9)).toMatchObject([{ settled_as: 'refused', attempts: 1 }]),
  );
  expect(lines.find((line) => line.level === 'warn')?.sentence).toContain('no such server');
});

test.each([
  ['a server without host', { status: 207, body: '{"events":[{"code":422,"status":"failed"}]}' }],
  ['an answer that is none', { status: 200, body: 'hello' }],
  ['HTTP 500', { status: 500, body: 'oops' }],
  ['HTTP 503', { status: 503, body: '' }],
  ['HTTP 401', { status: 401, body: '' }],
  ['HTTP 429', { status: 429, body: '' }],
  ['a broken connection', 'reset'],
] as const)('after %s it is told again, and then it is settled', async (_, first) => {
  await open();
  recorder.behave((_event, nth) => (nth === 1 ? first : 'well'));
  const instance = randomUUID();
  await change(instance, 'power on');
  await vi.waitFor(() => expect(recorder.told).toEqual([{ instance, tag: 'POWER_ON' }]), 5000);
  await settled();
});

test('of many changes while nova is away only the newest state of each instance is told when it returns', async () => {
  await open();
  await recorder.down();
  const instances = Array.from({ length: 5 }, () => randomUUID());
  for (let n = 0; n < 20; n++) await change(instances[n % 5]!, (n + Math.floor(n / 5)) % 2 ? 'power on' : 'power off');
  await vi.waitFor(() => expect(nova.counts.failed).toBeGreaterThan(0));
  await recorder.up();
  await vi.waitFor(() => expect(new Set(recorder.told.map((event) => event.instance)).size).toBe(5), 10_000);
  await settled();
  for (const [k, instance] of instances.entries()) {
    const newest = (15 + k + 3) % 2 ? 'POWER_ON' : 'POWER_OFF';
    expect(recorder.told.filter((event) => event.instance === instance).map((event) => event.tag)).toEqual([newest]);
  }
  expect(lines.filter((line) => line.sentence.includes('cannot be told'))).toHaveLength(1);
});

test('what was not told is told by the next process', async () => {
  await open();
  await recorder.down();
  const instance = randomUUID();
  await change(instance, 'power on');
  await vi.waitFor(() => expect(nova.counts.failed).toBeGreaterThan(0));
  await shut();
  await change(instance, 'power off'); // and what happened while nobody listened
  await recorder.up();
  await open();
  await vi.waitFor(() => expect(recorder.stateOf(instance)).toBe('POWER_OFF'), 5000);
  await settled();
  expect(recorder.stateOf(instance)).toBe('POWER_OFF');
});

test('never are two requests for one instance, nor more than sixteen at all, under way at once', async () => {
  await open();
  recorder.late(5);
  const instances = Array.from({ length: 40 }, () => randomUUID());
  for (let n = 0; n < 120; n++) await change(instances[(n * 7) % 40]!, n % 2 ? 'power on' : 'power off');
  await settled();
  expect(recorder.overlapped).toBe(false);
  expect(recorder.mostAtOnce).toBeLessThanOrEqual(16);
  expect(recorder.mostAtOnce).toBeGreaterThan(1);
});

test('a state that came after a request without known end is told once more when that cannot arrive any more', async () => {
  await open();
  const instance = randomUUID();
  recorder.behave((_event, nth) => (nth === 1 ? 'reset' : 'well'));
  await change(instance, 'power on');
  await vi.waitFor(() => expect(recorder.requests).toHaveLength(1));
  await change(instance, 'power off');
  await vi.waitFor(() => expect(recorder.told).toHaveLength(2), 5000);
  await settled();
  expect(recorder.told.map((event) => event.tag)).toEqual(['POWER_OFF', 'POWER_OFF']);
});

test('an instance that nova fails at holds up no other', async () => {
  await open();
  const bad = randomUUID();
  recorder.behave((event) => (event.instance === bad ? { status: 500, body: '' } : 'well'));
  await change(bad, 'power on');
  const good = Array.from({ length: 30 }, () => randomUUID());
  for (const instance of good) await change(instance, 'power on');
  await vi.waitFor(() => expect(recorder.told).toHaveLength(30), 5000);
});

test('of two hosts that share the database one tells nova, and the other goes on when it stops', async () => {
  await open();
  await nova.stop(); // only its outlet is needed here
  const tellers: string[] = [];
  const host = (name: string) =>
    new NovaSender({
      db,
      clock: systemClock,
      log,
      enabled: () => true,
      host: name,
      tell: async () => {
        tellers.push(name);
        return { is: 'answer', status: 200, text: '{"events":[{"code":200}]}' };
      },
    });
  const [one, other] = [host('one'), host('other')];
  await one.start();
  await change(randomUUID(), 'power on');
  await vi.waitFor(() => {
    one.wake();
    expect(tellers).toEqual(['one']);
  });
  await other.start();
  await change(randomUUID(), 'power on');
  await vi.waitFor(() => {
    other.wake();
    one.wake();
    expect(tellers).toEqual(['one', 'one']);
  });
  await one.stop();
  await change(randomUUID(), 'power on');
  await vi.waitFor(() => {
    other.wake();
    expect(tellers.at(-1)).toBe('other');
  });
  await other.stop();
});
