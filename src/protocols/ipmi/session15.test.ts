import { afterEach, describe, expect, test } from 'vitest';
import { IpmiAuthFailed, IpmiCommandFailed, IpmiSessionRefused } from './errors.ts';
import type { BmcSpec } from './server/bmc-spec.ts';
import { memoryChassis } from './server/memory-chassis.ts';
import { type OneBmc, oneBmc } from './testing/one-bmc.ts';
import { authTypes } from './wire/auth15.ts';

let one: OneBmc;
afterEach(() => one?.close());

async function bmc15(spec: Partial<BmcSpec> = {}, options = {}) {
  one = await oneBmc(spec);
  return one.bmc({ protocol: '1.5', ...options });
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  );

describe('a session of IPMI 1.5', () => {
  for (const [name, type] of Object.entries(authTypes).filter(([each]) => each !== 'none'))
    for (const authenticateOnce of [false, true])
      test(`works with ${name}${authenticateOnce ? ', authenticated when it begins only' : ''}`, async () => {
        const bmc = await bmc15({ authTypes: [type], authenticateOnce });
        expect((await bmc.chassisStatus()).power).toBe(true);
        await bmc.chassisControl('off');
        expect((await bmc.chassisStatus()).power).toBe(false);
      });

  test('works without authentication where there is no password', async () => {
    const users = [{ id: 1, name: '', password: new Uint8Array(0), privilege: 4, enabled: true }];
    const bmc = await bmc15({ authTypes: [authTypes.none], users }, { username: '', password: '' });
    expect((await bmc.chassisStatus()).power).toBe(true);
  });

  test('works over a line that loses every fifth packet', async () => {
    const bmc = await bmc15({}, { commandTimeoutMs: 120_000, lingerMs: 0 });
    one.faults.loss = 0.2;
    for (let i = 0; i < 5; i++) expect((await bmc.chassisStatus()).power).toBe(true);
  });

  test('with a wrong password, a wrong name or too high a privilege is no session', async () => {
    const users = [{ id: 2, name: 'admin', password: Buffer.from('password'), privilege: 3, enabled: true }];
    const bmc = await bmc15({ users });
    const wrong = [{ password: 'nope', privilege: 'operator' }, { username: 'nobody' }, {}] as const;
    for (const options of wrong) {
      const error = await failure(one.bmc({ protocol: '1.5', ...options }).chassisStatus());
      expect(IpmiAuthFailed.is(error), String(error)).toBe(true);
    }
    expect(IpmiAuthFailed.is(await failure(bmc.chassisStatus()))).toBe(true);
  });

  test('is not forced where all slots are taken, or the BMC has only what we do not do', async () => {
    expect(IpmiSessionRefused.is(await failure((await bmc15({ maxSessions: 0 })).chassisStatus()))).toBe(true);
    await one.close();
    const error = await failure((await bmc15({ authTypes: [authTypes.none] })).chassisStatus());
    expect(String(error)).toMatch(/offers none of MD5, MD2 and password/);
  });

  test('has no serial line', async () => {
    const console = { write: () => undefined, listen: () => () => {} };
    const bmc = await bmc15({ chassis: { ...memoryChassis(), console } });
    expect(IpmiCommandFailed.is(await failure(bmc.solActivate()))).toBe(true);
  });
});
