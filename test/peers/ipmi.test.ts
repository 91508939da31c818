// Our BMC against ipmitool and FreeIPMI, our console against ipmi_sim and pyghmi: neither end is held to the other of ours.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IpmiAuthFailed, IpmiCipherMismatch } from '#protocols/ipmi/errors.ts';
import { type BmcServer, createBmcServer } from '#protocols/ipmi/server/bmc-server.ts';
import { administrator } from '#protocols/ipmi/server/bmc-spec.ts';
import type { IpmiChassis, SerialConsole } from '#protocols/ipmi/server/chassis.ts';
import { memoryChassis } from '#protocols/ipmi/server/memory-chassis.ts';
import { type IpmiTransport, openTransport } from '#protocols/ipmi/transport.ts';
import { ensureApt } from '../setup/apt.ts';
import { type ForeignBmc, ipmiSim, pyghmiBmc } from './ipmi/bmcs.ts';

const run = promisify(execFile);
const kg = 'a00102030405060708090a0b0c0d0e0f10111213';

beforeAll(() => ensureApt(['ipmitool', 'freeipmi-tools', 'openipmi', 'python3-pyghmi']));

/** A serial port that greets and answers each line typed. */
function echoPort(): SerialConsole {
  let heard: ((bytes: Uint8Array) => void) | undefined;
  return {
    write: (bytes) => void heard?.(Buffer.from(`you typed ${Buffer.from(bytes).toString('hex')};`)),
    listen(listener) {
      heard = listener;
      listener(Buffer.from('machine login: '));
      return () => {
        heard = undefined;
      };
    },
  };
}

describe('our BMC', () => {
  let server: BmcServer;
  let chassis: IpmiChassis;
  let port: number;
  let kgPort: number;
  let cache: string;

  beforeAll(async () => {
    server = createBmcServer();
    const users = administrator('admin', 'password');
    const made = { ...memoryChassis({ name: 'Peer', on: true }), console: echoPort() };
    chassis = made;
    ({ port } = await server.add({ address: '127.0.0.1', port: 0 }, { chassis: made, users }));
    const guarded = { chassis: memoryChassis(), users, kg: Buffer.from(kg, 'hex') };
    ({ port: kgPort } = await server.add({ address: '127.0.0.1', port: 0 }, guarded));
    cache = await mkdtemp(join(tmpdir(), 'ingot-freeipmi-'));
  });

  beforeEach(async () => {
    await chassis.control('on');
    chassis.sel.clear();
    chassis.sel.add({ sensorType: 1, sensor: 2, event: 1, data: [0x59, 95, 90] });
  });

  afterAll(async () => {
    await server.close();
    await rm(cache, { recursive: true });
  });

  const ipmitool = async (suite: number, command: string, more: string[] = []): Promise<string> => {
    const where = ['-I', 'lanplus', '-H', '127.0.0.1', '-p', String(port), '-U', 'admin', '-P', 'password'];
    const { stdout } = await run('ipmitool', [...where, '-C', String(suite), ...more, ...command.split(' ')]);
    return stdout;
  };

  const asked: readonly (readonly [string, RegExp])[] = [
    ['chassis status', /System Power\s+: on\n[\s\S]*Power Restore Policy : always-off/],
    ['power status', /Chassis Power is on/],
    ['power off', /Down\/Off/],
    ['power reset', /Reset/],
    ['power cycle', /Cycle/],
    ['power soft', /Soft/],
    ['power diag', /Diag/],
    ['chassis identify 10', /10 seconds/],
    ['chassis policy list', /always-off always-on previous/],
    ['mc info', /Firmware Revision\s+: 2\.10\nIPMI Version\s+: 2\.0/],
    ['mc guid', /GUID\s+: [0-9a-f-]{36}/],
    ['mc selftest', /passed/],
    ['lan print', /MAC Address\s+: 02:00:00:00:00:01[\s\S]*Cipher Suites\s+: 3,17/],
    ['channel info', /802\.3 LAN[\s\S]*multi-session/],
    ['user list', /\n2\s+admin\s+true\s+true\s+true\s+ADMINISTRATOR/],
    ['sdr', /CPU Temp\s+\| 51 degrees C\s+\| ok[\s\S]*12V\s+\| 11\.97 Volts/],
    ['sensor', /Fan 1\s+\| 4800\.000\s+\| RPM\s+\| ok[^\n]*600\.000/],
    ['sel info', /Entries\s+: 1/],
    ['sel elist', /CPU Temp \| Upper Critical going high \| Asserted \| Reading 95 > Threshold 90/],
    ['sel clear', /Clearing SEL/],
    ['fru', /Product Manufacturer\s+: Ingot\n[\s\S]*Product Name\s+: Peer/],
    ['dcmi power reading', /Instantaneous power reading:\s+184 Watts/],
    ['sol info', /Enabled\s+: true/],
    ['raw 0x00 0x01', /^ 01 00/],
  ];

  test.for([3, 17].flatMap((suite) => asked.map(([command, answer]) => [suite, command, answer] as const)))(
    'answers ipmitool with suite %i: %s',
    async ([suite, command, answer]) => expect(await ipmitool(suite, command)).toMatch(answer),
  );

  test.for([3, 17])('keeps boot flags to the bit for ipmitool with suite %i', async (suite) => {
    await ipmitool(suite, 'chassis bootdev pxe options=efiboot,persistent');
    expect(await ipmitool(suite, 'chassis bootparam get 5')).toMatch(/data: e004000000[\s\S]*EFI boot[\s\S]*Force PXE/);
    await ipmitool(suite, 'raw 0x00 0x08 0x03 0x08');
    expect(await ipmitool(suite, 'raw 0x00 0x09 0x03 0x00 0x00')).toMatch(/01 03 08/);
    await ipmitool(suite, 'raw 0x00 0x08 0x05 0xa0 0x24 0x01 0x02 0x03');
    expect([...chassis.bootParameters.get(5)!]).toEqual([0xa0, 0x24, 1, 2, 3]);
  });

  test.for([3, 17])('takes Kg from ipmitool with suite %i', async (suite) => {
    expect(await ipmitool(suite, 'power status', ['-p', String(kgPort), '-y', kg])).toMatch(/is off/);
  });

  test('tells ipmitool which suites it has when it is not told one', async () => {
    const where = ['-I', 'lanplus', '-H', '127.0.0.1', '-p', String(port), '-U', 'admin', '-P', 'password'];
    expect((await run('ipmitool', [...where, 'power', 'status'])).stdout).toMatch(/is on/);
  });

  test.for([3, 17])('gives ipmitool the serial line with suite %i', async (suite) => {
    const command = `ipmitool -I lanplus -H 127.0.0.1 -p ${port} -U admin -P password -C ${suite} sol activate`;
    const child = spawn('script', ['-qfec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    let seen = '';
    let typed = false;
    for await (const bytes of child.stdout) {
      seen += bytes;
      if (!typed && seen.includes('machine login:')) {
        typed = true;
        child.stdin.write('a');
      }
      if (seen.includes('you typed 61;')) break;
    }
    child.stdin.on('error', () => {});
    child.kill();
    child.stdout.destroy();
    await ended;
    expect(seen).toContain('you typed 61;');
    await ipmitool(suite, 'sol deactivate').catch(() => {});
  });

  const freeipmi: readonly (readonly [string, RegExp])[] = [
    ['ipmipower --stat', /: on/],
    ['ipmi-chassis --get-chassis-status', /System Power\s+: on/],
    ['bmc-info', /Firmware Revision\s+: 2\.10[\s\S]*802\.3 LAN/],
    ['ipmi-sensors', /CPU Temp\s+\| Temperature\s+\| 51\.00\s+\| C\s+\| 'OK'/],
    ['ipmi-sel', /CPU Temp/],
    ['ipmi-fru', /Product Manufacturer Name: Ingot/],
    ['ipmi-dcmi --get-system-power-statistics', /Current Power\s+: 184 Watts/],
    ['ipmi-chassis-config --checkout', /Boot_Device\s+/],
  ];

  test.for([3, 17].flatMap((suite) => freeipmi.map(([command, answer]) => [suite, command, answer] as const)))(
    'answers FreeIPMI with suite %i: %s',
    async ([suite, command, answer]) => {
      const [program = '', ...args] = command.split(' ');
      const where = [
        '-h',
        `127.0.0.1:${port}`,
        '-u',
        'admin',
        '-p',
        'password',
        '-D',
        'LAN_2_0',
        '-I',
        String(suite),
        '-l',
        'ADMIN',
      ];
      const cached = /sensors|sel|fru/.test(program) ? [`--sdr-cache-directory=${cache}`, '--quiet-cache'] : [];
      const { stdout } = await run(program, [...where, ...cached, ...args]);
      expect(stdout).toMatch(answer);
    },
  );
});

describe('our console', () => {
  let transport: IpmiTransport;
  beforeAll(async () => {
    transport = await openTransport();
  });
  afterAll(() => transport.close());

  describe("with OpenIPMI's ipmi_sim", () => {
    let peer: ForeignBmc;
    const bmc = (more = {}) =>
      transport.bmc({ address: '127.0.0.1', port: peer.port, username: 'ipmiusr', password: 'test', ...more });

    beforeAll(async () => {
      peer = await ipmiSim();
    });
    afterAll(() => peer?.stop());

    test.for([0, 1, 2, 3])('reads and turns power with suite %i', async (suite) => {
      const one = bmc({ cipherSuites: [suite], lingerMs: 0 });
      await one.chassisControl('on');
      expect((await one.chassisStatus()).power).toBe(true);
      await one.chassisControl('off');
      expect((await one.chassisStatus()).power).toBe(false);
    });

    test('goes from suite 17, which it refuses, to 3', async () => {
      expect((await bmc().deviceId()).manufacturer).toBe(0x1291);
      const error = await bmc({ cipherSuites: [17] })
        .deviceId()
        .catch((e: unknown) => e);
      expect(IpmiCipherMismatch.is(error)).toBe(true);
    });

    test('sets the boot device; it keeps no more than that', async () => {
      await bmc().setBootDevice({ device: 'pxe', persistent: true, uefi: true });
      expect((await bmc().getBootOptions()).device).toBe('pxe');
    });

    test('reads GUID, channel and LAN parameters', async () => {
      expect((await bmc().systemGuid()).toString('hex')).toBe('a123456789abcdefa123456789abcdef');
      expect((await bmc().channelInfo()).medium).toBe(4);
      expect(await bmc().lanParameter(3)).toHaveLength(4);
    });

    test('tells a wrong password and a wrong name from silence', async () => {
      for (const wrong of [{ password: 'nope' }, { username: 'nobody' }]) {
        const error = await bmc(wrong)
          .chassisStatus()
          .catch((e: unknown) => e);
        expect(IpmiAuthFailed.is(error)).toBe(true);
      }
    });
  });

  describe("with pyghmi's BMC", () => {
    let peer: ForeignBmc;
    const bmc = () => transport.bmc({ address: '127.0.0.1', port: peer.port, username: 'admin', password: 'password' });

    beforeAll(async () => {
      peer = await pyghmiBmc();
    });
    afterAll(() => peer?.stop());

    test('reads and turns power, after it found that suite 17 is taken for 3', async () => {
      await bmc().chassisControl('on');
      expect((await bmc().chassisStatus()).power).toBe(true);
      await bmc().chassisControl('off');
      expect((await bmc().chassisStatus()).power).toBe(false);
    });

    test('sets the boot device', async () => {
      await bmc().setBootDevice({ device: 'pxe', persistent: false, uefi: false });
      expect(await bmc().getBootOptions()).toMatchObject({ device: 'pxe', valid: true });
    });

    test('reads the device id', async () => {
      expect((await bmc().deviceId()).ipmiVersion).toBe('2.0');
    });
  });
});
