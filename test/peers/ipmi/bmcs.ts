// BMCs that are not ours: OpenIPMI's ipmi_sim and pyghmi's, each in a process of its own, on a free port.
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ForeignBmc {
  readonly port: number;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Asks with presence pings until the BMC answers. */
async function ready(port: number, child: ChildProcess): Promise<void> {
  const socket = createSocket('udp4');
  const probe = Buffer.from('0600ff07000000000000000000092018c88100388e04b5', 'hex');
  const timer = setInterval(() => socket.send(probe, port, '127.0.0.1'), 100);
  try {
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error('The foreign BMC ended before it answered.')),
    );
    await Promise.race([once(socket, 'message'), ended]);
  } finally {
    clearInterval(timer);
    socket.close();
  }
}

async function foreign(dir: string, port: number, command: string, args: string[]): Promise<ForeignBmc> {
  const child = spawn(command, args, { cwd: dir, stdio: ['ignore', 'ignore', 'ignore'] });
  await ready(port, child);
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  return { port, stop };
}

export interface IpmiSimOptions {
  /** Authentication types of IPMI 1.5 that it offers. */
  readonly auths?: string;
  /** A TCP port of this host that is the machine's serial port; socat makes a terminal of it, as ipmi_sim wants one. */
  readonly serialPort?: number;
}

/**
 * OpenIPMI's simulator with a chassis that keeps power and boot device in files: user `ipmiusr`, password `test`. Behind
 * the BMC, on its channel 0, is a controller at 82h with device id 52h.
 */
export async function ipmiSim({
  auths = 'none md2 md5 straight',
  serialPort,
}: IpmiSimOptions = {}): Promise<ForeignBmc> {
  const dir = await mkdtemp(join(tmpdir(), 'ingot-ipmi-sim-'));
  const port = await freePort();
  const lan = [
    'name "peer"',
    'set_working_mc 0x20',
    'startlan 1',
    `addr 127.0.0.1 ${port}`,
    'priv_limit admin',
    ...['callback', 'user', 'operator', 'admin'].map((level) => `allowed_auths_${level} ${auths}`),
    'guid a123456789abcdefa123456789abcdef',
    'endlan',
    ...(serialPort === undefined ? [] : [`sol "${dir}/tty-${port}" 115200`]),
    `chassis_control "${dir}/chassis.sh"`,
    'user 2 true "ipmiusr" "test" admin 10 none md2 md5 straight',
  ];
  const emu = [
    'mc_setbmc 0x20',
    'mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr',
    'sel_enable 0x20 1000 0x0a',
    'mc_enable 0x20',
    'mc_add 0x82 0x52 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf03',
    'mc_enable 0x82',
  ];
  const chassis = [
    '#!/bin/sh',
    `cd "${dir}"; op=$1; shift`,
    'if [ "$op" = get ]; then for what; do cat "$what" 2>/dev/null || echo "$what:$([ "$what" = boot ] && echo none || echo 0)"; done',
    'else echo "$1:$2" > "$1"; fi',
  ];
  await mkdir(join(dir, 'state'));
  await writeFile(join(dir, 'lan.conf'), `${lan.join('\n')}\n`);
  await writeFile(join(dir, 'bmc.emu'), `${emu.join('\n')}\n`);
  await writeFile(join(dir, 'chassis.sh'), `${chassis.join('\n')}\n`);
  await chmod(join(dir, 'chassis.sh'), 0o755);
  const terminal = serialPort === undefined ? undefined : await terminalAt(join(dir, `tty-${port}`), serialPort);
  const bmc = await foreign(dir, port, 'ipmi_sim', ['-c', 'lan.conf', '-f', 'bmc.emu', '-s', 'state', '-n']);
  const stop = async () => {
    await bmc.stop();
    terminal?.kill('SIGKILL');
  };
  return { port, stop };
}

/** A terminal whose other end is a TCP port; ipmi_sim locks terminals by the last part of their path. */
async function terminalAt(path: string, port: number): Promise<ChildProcess> {
  const socat = spawn('socat', [`pty,link=${path},rawer`, `tcp:127.0.0.1:${port}`], { stdio: 'ignore' });
  while (!existsSync(path)) {
    if (socat.exitCode !== null) throw new Error(`socat made no terminal: it ended with code ${socat.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return socat;
}

/** The BMC of python3-pyghmi: user `admin`, password `password`. */
export async function pyghmiBmc(): Promise<ForeignBmc> {
  const dir = await mkdtemp(join(tmpdir(), 'ingot-pyghmi-'));
  const port = await freePort();
  const program = [
    'from pyghmi.ipmi.bmc import Bmc',
    'class Peer(Bmc):',
    '    power, device = "off", "default"',
    '    def get_power_state(self): return self.power',
    '    def power_on(self): self.power = "on"; return 0',
    '    def power_off(self): self.power = "off"; return 0',
    '    def get_boot_device(self): return self.device',
    '    def set_boot_device(self, device): self.device = device; return 0',
    `Peer({"admin": "password"}, port=${port}, address="127.0.0.1").listen()`,
  ];
  await writeFile(join(dir, 'bmc.py'), `${program.join('\n')}\n`);
  return foreign(dir, port, '/usr/bin/python3', ['bmc.py']);
}
