import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChassisAction } from './commands/chassis.ts';
import { clearSel, readFru, readSel, readSensors } from './commands/repositories.ts';
import {
  IpmiAborted,
  IpmiAuthFailed,
  IpmiCipherMismatch,
  IpmiCircuitOpen,
  IpmiCommandFailed,
  IpmiSessionRefused,
  IpmiUnreachable,
} from './errors.ts';
import { type BmcServer, createBmcServer, type ListeningBmc } from './server/bmc-server.ts';
import { administrator, type BmcFaults, type BmcSpec } from './server/bmc-spec.ts';
import { memoryChassis } from './server/memory-chassis.ts';
import { fastClock } from './testing/one-bmc.ts';
import { type BmcOptions, type IpmiTransport, openTransport } from './transport.ts';

let server: BmcServer;
let transport: IpmiTransport;
let listening: ListeningBmc;
let done: string[];
let faults: BmcFaults;

beforeEach(async () => {
  server = createBmcServer({ clock: fastClock(20) });
  transport = await openTransport({ clock: fastClock(20) });
  done = [];
  faults = {};
});

afterEach(async () => {
  await transport.close();
  await server.close();
});

/** A BMC that notes what its machine was told, and the console's way to it. */
async function bmcWith(spec: Partial<BmcSpec> = {}, options: Partial<BmcOptions> = {}) {
  const plain = memoryChassis({ on: true });
  const control = (action: ChassisAction) => {
    done.push(action);
    return plain.control(action);
  };
  const users = administrator('admin', 'password');
  const whole = { chassis: { ...plain, control }, users, faults, ...spec };
  listening = await server.add({ address: '127.0.0.1', port: 0 }, whole);
  const where = { address: '127.0.0.1', port: listening.port, username: 'admin', password: 'password' };
  return transport.bmc({ ...where, ...options });
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  );

describe('a BMC that is well', () => {
  test('tells its status, obeys, and keeps boot flags to the bit', async () => {
    const bmc = await bmcWith();
    expect(await bmc.chassisStatus()).toMatchObject({ power: true, fault: false, restorePolicy: 'always-off' });
    await bmc.chassisControl('off');
    expect((await bmc.chassisStatus()).power).toBe(false);
    await bmc.setBootDevice({ device: 'pxe', persistent: true, uefi: true, keep: true });
    expect(await bmc.getBootOptions()).toEqual({
      device: 'pxe',
      valid: true,
      persistent: true,
      uefi: true,
      raw: Buffer.from('e004000000', 'hex'),
    });
    expect(await bmc.raw(Buffer.from('0009030000', 'hex'))).toEqual(Buffer.from('010308', 'hex'));
    expect(await bmc.deviceId()).toMatchObject({ firmware: '2.10', ipmiVersion: '2.0', deviceId: 0x20 });
    expect(await bmc.lanParameter('address')).toEqual(Buffer.from([127, 0, 0, 1]));
    expect(await bmc.channelInfo()).toMatchObject({ channel: 1, medium: 4, activeSessions: 1 });
    expect(await bmc.systemGuid()).toHaveLength(16);
  });

  test.for([0, 1, 2, 3, 15, 16, 17])('speaks cipher suite %i', async (suite) => {
    const bmc = await bmcWith({ cipherSuites: [suite] }, { cipherSuites: [suite] });
    await bmc.chassisControl('reset');
    expect(done).toEqual(['reset']);
  });

  test('is asked with Kg and a password of 20 bytes', async () => {
    const kg = Buffer.from('a00102030405060708090a0b0c0d0e0f10111213', 'hex');
    const users = administrator('admin', '0123456789abcdefghij');
    const bmc = await bmcWith({ kg, users }, { kg, password: '0123456789abcdefghij' });
    expect((await bmc.chassisStatus()).power).toBe(true);
  });

  test('is tried with suite 17, taken with 3, and asked with 3 from then on', async () => {
    const bmc = await bmcWith({ cipherSuites: [3] }, { lingerMs: 0 });
    await bmc.chassisStatus();
    expect((await bmc.chassisStatus()).power).toBe(true);
  });

  test('does orders before reads and reads before background reads', async () => {
    const bmc = await bmcWith();
    const order: string[] = [];
    const note = (what: string) => () => order.push(what);
    await Promise.all([
      bmc.chassisStatus({ rank: 'background' }).then(note('first')),
      bmc.chassisStatus({ rank: 'background' }).then(note('background')),
      bmc.deviceId().then(note('read')),
      bmc.chassisControl('reset').then(note('order')),
    ]);
    expect(order).toEqual(['first', 'order', 'read', 'background']);
  });

  test('answers over a line that loses every fifth packet', async () => {
    faults.loss = 0.2;
    const bmc = await bmcWith({}, { commandTimeoutMs: 120_000 });
    for (let round = 0; round < 5; round++) expect((await bmc.chassisStatus()).power).toBe(true);
  });

  test('is found again after it lost its sessions', async () => {
    const bmc = await bmcWith();
    await bmc.chassisStatus();
    listening.loseSessions();
    expect((await bmc.chassisStatus()).power).toBe(true);
  });
});

describe('orders that must not be done twice', () => {
  test('a reset whose answer was lost is not sent again, and the error says that it may have run', async () => {
    faults.dropAnswer = (netFn, cmd) => netFn === 0 && cmd === 2;
    const bmc = await bmcWith();
    const error = await failure(bmc.chassisControl('reset'));
    expect(IpmiUnreachable.is(error) && error.facts.mayHaveRun).toBe(true);
    expect(done).toEqual(['reset']);
  });

  test('over a line that loses every fifth packet no reset is done twice', async () => {
    faults.loss = 0.2;
    const bmc = await bmcWith({}, { commandTimeoutMs: 20_000, lingerMs: 0 });
    for (let round = 1; round <= 5; round++) {
      const before = done.length;
      const error = await failure(bmc.chassisControl('reset'));
      const ran = done.length - before;
      // Where nobody answered, the error tells whether the order may have run: if it says no, it has not.
      const mayHaveRun = IpmiUnreachable.is(error) && error.facts.mayHaveRun;
      if (error === undefined) expect(ran).toBe(1);
      else if (mayHaveRun) expect(ran).toBeLessThanOrEqual(1);
      else expect(`${ran} after ${String(error)}`).toBe(`0 after ${String(error)}`);
    }
  });

  test('power on whose answer was lost is sent again, and done once, as the BMC knows the repetition', async () => {
    let drops = 1;
    faults.dropAnswer = (netFn, cmd) => netFn === 0 && cmd === 2 && drops-- > 0;
    const bmc = await bmcWith();
    await bmc.chassisControl('on');
    expect(done).toEqual(['on']);
  });

  test('a reset in a session that the BMC has lost meanwhile is sent in a new one, once', async () => {
    const clock = fastClock(20);
    const bmc = await bmcWith({}, { lingerMs: 60_000 });
    await bmc.chassisStatus();
    listening.loseSessions();
    const idleSince = clock.now();
    await vi.waitFor(() => expect(clock.now() - idleSince).toBeGreaterThan(2_500));
    await bmc.chassisControl('reset');
    expect(done).toEqual(['reset']);
  });
});

describe('a BMC that says no', () => {
  test('to the password: an error of its own, and it is not asked again for a while', async () => {
    const bmc = await bmcWith({}, { password: 'wrong' });
    const first = await failure(bmc.chassisStatus());
    const second = await failure(bmc.chassisStatus());
    expect(IpmiAuthFailed.is(first) && first.facts.repeated).toBe(false);
    expect(IpmiAuthFailed.is(second) && second.facts.repeated).toBe(true);
    expect(String(first)).toContain('the password is wrong');
  });

  test('to the user name', async () => {
    const error = await failure((await bmcWith({}, { username: 'nobody' })).chassisStatus());
    expect(IpmiAuthFailed.is(error) && error.facts.why).toBe('unauthorized name (RAKP 1)');
  });

  test('to Kg', async () => {
    const error = await failure((await bmcWith({ kg: Buffer.from('key') })).chassisStatus());
    expect(IpmiAuthFailed.is(error) && error.facts.why).toContain('Kg differs');
  });

  test('to all cipher suites', async () => {
    const error = await failure((await bmcWith({ cipherSuites: [1] })).chassisStatus());
    expect(IpmiCipherMismatch.is(error) && error.facts.tried).toEqual([17, 3]);
  });

  test('to a command: the completion code and its name', async () => {
    faults.fail = () => 0xd5;
    const error = await failure((await bmcWith()).chassisControl('nmi'));
    expect(IpmiCommandFailed.is(error) && error.facts.code).toBe(0xd5);
    expect(String(error)).toContain('command not supported in present state');
  });

  test('because it is busy: it is asked again until it is not', async () => {
    let busy = 2;
    faults.fail = (netFn, cmd) => (netFn === 0 && cmd === 2 && busy-- > 0 ? 0xc0 : undefined);
    await (await bmcWith()).chassisControl('reset');
    expect(done).toEqual(['reset']);
  });

  test('because all its slots are taken', async () => {
    const error = await failure((await bmcWith({ maxSessions: 0 })).chassisStatus());
    expect(IpmiSessionRefused.is(error) && error.facts.words).toMatch(/insufficient resources/);
  });
});

describe('a BMC that is silent', () => {
  test('is unreachable: what was tried, how often, for how long; then it is left alone, but orders still go out', async () => {
    faults.silent = true;
    const circuit = { failures: 2, pauseMs: 60_000 };
    const bmc = await bmcWith({}, { commandTimeoutMs: 4_000, circuit });
    const errors = [
      await failure(bmc.chassisStatus()),
      await failure(bmc.chassisStatus()),
      await failure(bmc.chassisStatus()),
    ];
    const [first, , third] = errors;
    expect(IpmiUnreachable.is(first) && first.facts).toMatchObject({ doing: 'open session', mayHaveRun: false });
    expect(IpmiUnreachable.is(first) && first.facts.packets).toBeGreaterThan(1);
    expect(IpmiCircuitOpen.is(third)).toBe(true);
    expect(IpmiUnreachable.is(await failure(bmc.chassisControl('on')))).toBe(true);
    faults.silent = false;
    await bmc.chassisControl('on');
    expect((await bmc.chassisStatus()).power).toBe(true);
  });

  test('is asked again by one read when its pause is over', async () => {
    faults.silent = true;
    const bmc = await bmcWith({}, { commandTimeoutMs: 1_500, circuit: { failures: 1, pauseMs: 2_000 } });
    await failure(bmc.chassisStatus());
    faults.silent = false;
    await vi.waitFor(async () => expect((await bmc.chassisStatus()).power).toBe(true), {
      timeout: 5_000,
      interval: 20,
    });
  });

  test('is given up when the caller aborts, in flight and in the queue', async () => {
    faults.silent = true;
    const bmc = await bmcWith({}, { commandTimeoutMs: 600_000 });
    const stop = new AbortController();
    const asked = [failure(bmc.chassisStatus({ signal: stop.signal })), failure(bmc.deviceId({ signal: stop.signal }))];
    stop.abort();
    for (const error of await Promise.all(asked)) expect(IpmiAborted.is(error)).toBe(true);
  });

  test('is given up when the transport closes', async () => {
    faults.silent = true;
    const asked = failure((await bmcWith({}, { commandTimeoutMs: 600_000 })).chassisStatus());
    await transport.close();
    expect(IpmiAborted.is(await asked)).toBe(true);
    transport = await openTransport();
  });
});

describe('what a BMC stores', () => {
  test('is read: sensors, event log, FRU', async () => {
    const chassis = memoryChassis({ on: true, name: 'Shelf' });
    chassis.sel.add({ sensorType: 1, sensor: 2, event: 0x81, data: [0x59, 95, 90] });
    const bmc = await bmcWith({ chassis });
    const readings = (await readSensors(bmc)).map(({ name, value }) => [name, value]);
    expect(readings).toEqual([
      ['Ambient Temp', 24],
      ['CPU Temp', 51],
      ['Fan 1', 4800],
      ['12V', 11.97],
      ['PSU Power', 184],
    ]);
    expect(await readSel(bmc)).toMatchObject([{ id: 1, type: 2, sensorType: 1, sensor: 2, asserted: false }]);
    await clearSel(bmc);
    expect(await readSel(bmc)).toEqual([]);
    expect(await readFru(bmc)).toEqual(Buffer.from(chassis.fru));
  });
});
