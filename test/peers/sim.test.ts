// A simulated machine as ipmitool sees it, for each machine of a rack and each fault of a BMC.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type MachineDescription, type Rack, startRack } from '#sim/rack.ts';
import { FakeService } from '#sim/testing/fake-service.ts';
import { ensureApt } from '../setup/apt.ts';

let service: FakeService;
let rack: Rack;
const children: ChildProcess[] = [];

beforeAll(async () => {
  await ensureApt(['ipmitool', 'bsdutils']);
  service = await FakeService.start();
  rack = await startRack({ count: 2, ipmi: '127.0.0.1:0', apiUrl: service.url });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  const [machine] = rack.machines;
  machine!.hardware.faults.clear();
  machine!.hardware.disks[0]!.image = null;
  await machine!.set('off');
});
afterAll(async () => {
  await rack?.close();
  await service?.close();
});

const run = promisify(execFile);

const words = (...command: string[]): string[] => wordsFor(rack.descriptions[0]!, ...command);
function wordsFor({ address, port, username, password }: MachineDescription, ...command: string[]): string[] {
  return ['-I', 'lanplus', '-H', address, '-p', String(port), '-U', username, '-P', password, ...command];
}
async function ipmitool(...command: string[]): Promise<string> {
  return (await run('ipmitool', words(...command), { env: { ...process.env, TZ: 'UTC' } })).stdout;
}

for (const suite of ['3', '17']) {
  test(`power goes on and off with cipher suite ${suite}`, async () => {
    expect(await ipmitool('-C', suite, 'power', 'status')).toContain('is off');
    await ipmitool('-C', suite, 'power', 'on');
    expect(await ipmitool('-C', suite, 'power', 'status')).toContain('is on');
    expect(rack.machines[0]!.power()).toBe('on');
    await ipmitool('-C', suite, 'power', 'off');
    expect(rack.machines[0]!.power()).toBe('off');
  });
}

test('a cycle, a reset and a soft power off are refused while the machine is off', async () => {
  for (const action of ['cycle', 'reset', 'soft']) {
    await expect(ipmitool('power', action)).rejects.toThrow('not supported in present state');
  }
});

for (const [arguments_, bytes] of [
  [['pxe'], '8004000000'],
  [['disk', 'options=persistent'], 'c008000000'],
  [['pxe', 'options=efiboot'], 'a004000000'],
] as const) {
  test(`bootdev ${arguments_.join(' ')} is kept as ${bytes}, and used up by a start unless it is persistent`, async () => {
    await ipmitool('chassis', 'bootdev', ...arguments_);
    expect(await ipmitool('chassis', 'bootparam', 'get', '5')).toContain(`data: ${bytes}`);
    await ipmitool('power', 'on');
    const after = await ipmitool('chassis', 'bootparam', 'get', '5');
    if (bytes.startsWith('c')) expect(after).toContain(`data: ${bytes}`);
    else expect(after).toContain('Boot Flag Invalid');
  });
}

test('raw boot flags as Ironic sends them for UEFI come back bit for bit', async () => {
  await ipmitool('raw', '0x00', '0x08', '0x03', '0x08');
  await ipmitool('raw', '0x00', '0x08', '0x05', '0xe0', '0x24', '0x00', '0x00', '0x00');
  expect(await ipmitool('raw', '0x00', '0x09', '0x05', '0x00', '0x00')).toMatch(/01 05 e0 24 00 00 00/);
});

test('told to boot from the network and switched on, the machine runs the agent', async () => {
  await ipmitool('chassis', 'bootdev', 'pxe');
  await ipmitool('power', 'on');
  await vi.waitFor(() => expect(service.beats.length).toBeGreaterThan(0), 10_000);
});

test('sensors, FRU, power reading and device id tell of this machine', async () => {
  await ipmitool('power', 'on');
  const sensors = await ipmitool('sensor', 'list');
  expect(sensors).toMatch(/CPU1 Temp\s+\| \d+\.\d+\s+\| degrees C\s+\| ok/);
  expect(sensors).toMatch(/Fan1\s+\| \d+\.\d+\s+\| RPM\s+\| ok/);
  expect(await ipmitool('fru', 'print')).toMatch(/Product Serial\s+: SIM000001/);
  expect(await ipmitool('dcmi', 'power', 'reading')).toMatch(/Instantaneous power reading:\s+[1-9]\d+ Watts/);
  expect(await ipmitool('mc', 'info')).toMatch(/Firmware Revision\s+: 2\.11/);
  await ipmitool('power', 'off');
  expect(await ipmitool('sensor', 'list')).toMatch(/Fan1\s+\| na/);
});

test('the event log tells of power, and can be cleared', async () => {
  await ipmitool('sel', 'clear');
  await ipmitool('power', 'on');
  await ipmitool('power', 'off');
  const lines = (await ipmitool('sel', 'list')).trim().split('\n');
  expect(lines.map((line) => line.split('|')[4]?.trim())).toEqual(['S0/G0: working', 'S4/S5: soft-off']);
});

test('serial over LAN shows the console and takes what is typed', async () => {
  const [machine] = rack.machines;
  machine!.hardware.disks[0]!.image = { url: 'http://i/os', bytes: 1, algorithm: 'sha256', checksum: 'x' };
  const command = ['ipmitool', ...words('sol', 'activate')].join(' ');
  const terminal = spawn('script', ['-qfec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(terminal);
  let shown = '';
  terminal.stdout.on('data', (bytes: Buffer) => {
    shown += bytes.toString('latin1');
  });
  const sees = (text: string) => vi.waitFor(() => expect(shown).toContain(text), 20_000);
  await sees('SOL Session operational');
  await machine!.set('on');
  await sees('sim-1 login: ');
  terminal.stdin.write('root\r');
  await sees('Login incorrect');
  terminal.stdin.write('\r~.');
  await sees('terminated');
});

for (const [fault, value, command, ends] of [
  ['wrong-password', true, ['power', 'status'], /password|HMAC/i],
  ['silent', true, ['-N', '1', '-R', '1', 'power', 'status'], /Unable to establish/],
] as const) {
  test(`fault ${fault}: ipmitool fails`, async () => {
    rack.machines[0]!.hardware.faults.set(fault, value);
    await expect(ipmitool(...command)).rejects.toThrow(ends);
  });
}

test('fault stuck-power: the command is accepted, the power stays', async () => {
  rack.machines[0]!.hardware.faults.set('stuck-power', 'any');
  expect(await ipmitool('power', 'on')).toContain('Up/On');
  expect(await ipmitool('power', 'status')).toContain('is off');
});

test('fault drop-reply-after-power: ipmitool hears nothing, the power has changed', async () => {
  rack.machines[0]!.hardware.faults.set('drop-reply-after-power', true);
  await expect(ipmitool('-N', '1', '-R', '1', 'power', 'on')).rejects.toThrow();
  expect(rack.machines[0]!.power()).toBe('on');
});

test('fault sessions: while one console holds the only session, another is refused', async () => {
  // The second machine: a session that an earlier test broke off lives on for a minute.
  rack.machines[1]!.hardware.faults.set('sessions', 1);
  const other = (...command: string[]) => wordsFor(rack.descriptions[1]!, '-C', '17', '-R', '1', ...command);
  const terminal = spawn('script', ['-qfec', ['ipmitool', ...other('sol', 'activate')].join(' '), '/dev/null']);
  children.push(terminal);
  let shown = '';
  terminal.stdout.on('data', (bytes: Buffer) => {
    shown += bytes.toString('latin1');
  });
  await vi.waitFor(() => expect(shown).toContain('SOL Session operational'), 20_000);
  await expect(run('ipmitool', other('power', 'status'))).rejects.toThrow(/insufficient resources/i);
});

test('fault latency and loss: slower, and still right', async () => {
  rack.machines[0]!.hardware.faults.set('latency', 30);
  rack.machines[0]!.hardware.faults.set('loss', 0.05);
  expect(await ipmitool('-N', '1', '-R', '8', '-C', '17', 'power', 'status')).toContain('is off');
});
