// IPMI 1.5 and bridged commands: our BMC against ipmitool and FreeIPMI, our console against ipmi_sim.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviceId } from '#protocols/ipmi/commands/app.ts';
import { IpmiAuthFailed } from '#protocols/ipmi/errors.ts';
import { type BmcServer, createBmcServer } from '#protocols/ipmi/server/bmc-server.ts';
import { administrator } from '#protocols/ipmi/server/bmc-spec.ts';
import { memoryChassis } from '#protocols/ipmi/server/memory-chassis.ts';
import { type IpmiTransport, openTransport } from '#protocols/ipmi/transport.ts';
import { authTypes } from '#protocols/ipmi/wire/auth15.ts';
import { ensureApt } from '../setup/apt.ts';
import { type ForeignBmc, ipmiSim } from './ipmi/bmcs.ts';

const run = promisify(execFile);

beforeAll(() => ensureApt(['ipmitool', 'freeipmi-tools', 'openipmi']));

describe('our BMC', () => {
  let server: BmcServer;
  const ports = { always: 0, once: 0 };
  const far = { channel: 0, address: 0x82, chassis: memoryChassis({ on: false }) };
  const near = { channel: 7, address: 0x72, chassis: memoryChassis({ on: true }), satellites: [far] };

  beforeAll(async () => {
    server = createBmcServer();
    const spec = {
      chassis: memoryChassis({ on: true }),
      users: administrator('admin', 'password'),
      satellites: [near],
    };
    const all = { ...spec, maxSessions: 16, authTypes: Object.values(authTypes) };
    ports.always = (await server.add({ address: '127.0.0.1', port: 0 }, all)).port;
    ports.once = (await server.add({ address: '127.0.0.1', port: 0 }, { ...all, authenticateOnce: true })).port;
  });
  afterAll(() => server.close());

  const ipmitool = async (command: string, port = ports.always): Promise<string> => {
    const where = ['-H', '127.0.0.1', '-p', String(port), '-U', 'admin', '-P', 'password'];
    return (await run('ipmitool', [...where, ...command.split(' ')])).stdout;
  };

  test.for(['MD5', 'PASSWORD', 'NONE'])('gives ipmitool a session of IPMI 1.5 with %s', async (type) => {
    for (const port of Object.values(ports))
      expect(await ipmitool(`-I lan -A ${type} power status`, port)).toMatch(/Chassis Power is on/);
  });

  test('answers ipmitool over IPMI 1.5 as it does over 2.0', async () => {
    expect(await ipmitool('-I lan mc info')).toMatch(/IPMI Version\s+: 2\.0/);
    expect(await ipmitool('-I lan sdr')).toMatch(/CPU Temp\s+\| 51 degrees C/);
    await ipmitool('-I lan chassis bootdev pxe');
    expect(await ipmitool('-I lan chassis bootparam get 5')).toMatch(/Force PXE/);
  });

  test('is silent to ipmitool with a wrong password', async () => {
    await expect(ipmitool('-P wrong -I lan -R 1 -N 1 power status')).rejects.toThrow(/Activate Session|establish/);
  });

  test.for(['MD5', 'MD2', 'STRAIGHT_PASSWORD_KEY', 'NONE'])(
    'gives FreeIPMI a session of IPMI 1.5 with %s',
    async (type) => {
      for (const port of Object.values(ports)) {
        const where = ['-h', `127.0.0.1:${port}`, '-u', 'admin', '-p', 'password', '-D', 'LAN', '-l', 'ADMIN'];
        const { stdout } = await run('ipmi-chassis', [...where, '-a', type, '--get-chassis-status']);
        expect(stdout).toMatch(/System Power\s+: on/);
      }
    },
  );

  test.for(['lan', 'lanplus'])('hands commands of ipmitool on, once and twice, over %s', async (lan) => {
    expect(await ipmitool(`-I ${lan} -b 7 -t 0x72 power status`)).toMatch(/is on/);
    expect(await ipmitool(`-I ${lan} -B 7 -T 0x72 -b 0 -t 0x82 power status`)).toMatch(/is off/);
    await ipmitool(`-I ${lan} -B 7 -T 0x72 -b 0 -t 0x82 power on`);
    expect(far.chassis.power()).toBe(true);
    await far.chassis.control('off');
  });
});

describe("our console with OpenIPMI's ipmi_sim", () => {
  let transport: IpmiTransport;
  beforeAll(async () => {
    transport = await openTransport();
  });
  afterAll(() => transport.close());

  const credentials = { address: '127.0.0.1', username: 'ipmiusr', password: 'test', protocol: '1.5' } as const;

  test.for(['md5', 'md2', 'straight'])('opens a session of IPMI 1.5 with %s', async (auths) => {
    const peer: ForeignBmc = await ipmiSim({ auths });
    const bmc = transport.bmc({ ...credentials, port: peer.port });
    await bmc.chassisControl('on');
    expect((await bmc.chassisStatus()).power).toBe(true);
    await bmc.chassisControl('off');
    expect((await bmc.chassisStatus()).power).toBe(false);
    await peer.stop();
  });

  test('tells a wrong password and a wrong name from silence', async () => {
    const peer = await ipmiSim();
    for (const wrong of [{ password: 'nope' }, { username: 'nobody' }]) {
      const error = await transport
        .bmc({ ...credentials, port: peer.port, ...wrong })
        .chassisStatus()
        .catch((e: unknown) => e);
      expect(IpmiAuthFailed.is(error), String(error)).toBe(true);
    }
    await peer.stop();
  });

  test.for(['1.5', '2.0'] as const)('reaches a controller behind it over IPMI %s', async (protocol) => {
    const peer = await ipmiSim();
    const bridge = { local: undefined, transit: undefined, target: { channel: 0, address: 0x82 } };
    const bmc = transport.bmc({ ...credentials, protocol, port: peer.port, bridge });
    expect((await bmc.run(deviceId)).deviceId).toBe(0x52);
    await peer.stop();
  });
});
