// A machine that is a QEMU process. Off means no process; every start of the firmware is a new one.
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import { type Clock, systemClock } from '#base/clock.ts';
import { defineError, explain } from '#base/errors.ts';
import { type Log, silent } from '#base/log.ts';
import type { Body, BodyAction, BodyPower, BootChoice, PowerChange, PowerChangeReason } from './body.ts';
import { cdromId, type QemuMachine, qemuArguments } from './qemu-command.ts';
import { Qmp } from './qmp.ts';
import { SerialPort } from './serial-port.ts';

export const QemuFailed = defineError(
  'QemuFailed',
  500,
  (p: { name: string; ended: string; said: string }) =>
    `QEMU of machine ${p.name} ended with ${p.ended}${p.said ? `: ${p.said}` : ''}`,
);

export interface QemuBodyOptions extends QemuMachine {
  /** A folder of this machine alone: firmware variables, pid file. */
  readonly runDir: string;
  /** Files of Debian's package `ovmf` when absent. */
  readonly ovmf?: { readonly code: string; readonly vars: string };
  /** What a start that the guest makes itself boots from: the BMC knows. */
  readonly nextBoot?: () => BootChoice;
  /** Put before QEMU's command, such as `ip netns exec NAME`; it must become QEMU by exec. */
  readonly launcher?: readonly string[];
  readonly log?: Log;
  readonly clock?: Clock;
}

const program = 'qemu-system-x86_64';
const debianOvmf = { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.fd' };
const goneAfterKillMs = 5_000;

interface Run {
  readonly child: ChildProcess;
  readonly qmp: Qmp;
  readonly exited: Promise<string>;
  /** The reason that QEMU gave for its end, in its words: `guest-shutdown`, `guest-reset`, `host-signal` … */
  shutdown: string | undefined;
  /** We ended it, so its exit is no news. */
  asked: boolean;
  said: string;
}

export class QemuBody implements Body {
  readonly kind = 'qemu';
  readonly #options: QemuBodyOptions;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #serial = new SerialPort();
  readonly #listeners = new Set<(change: PowerChange) => void>();
  #run: Run | undefined;
  #power: BodyPower = 'off';
  #media: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(options: QemuBodyOptions) {
    this.#options = options;
    this.#log = (options.log ?? silent).child({ machine: options.name });
    this.#clock = options.clock ?? systemClock;
  }

  /** Make the machine, off: folder, disks, firmware variables. A process that a killed simulator left behind is ended first. */
  static async open(options: QemuBodyOptions): Promise<QemuBody> {
    const body = new QemuBody(options);
    await mkdir(options.runDir, { recursive: true });
    await body.#endLeftover();
    for (const disk of options.disks) {
      const file = await open(disk.path, 'a');
      if ((await file.stat()).size === 0) await file.truncate(disk.sizeGiB * 2 ** 30);
      await file.close();
    }
    if (options.firmware === 'uefi' && !(await stat(body.#vars).catch(() => undefined)))
      await copyFile((options.ovmf ?? debianOvmf).vars, body.#vars);
    return body;
  }

  power(): BodyPower {
    return this.#power;
  }

  set(action: BodyAction, boot: BootChoice): Promise<void> {
    return this.#inTurn(() => this.#do(action, boot));
  }

  onPowerChange(listener: (change: PowerChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  insertMedia(file: string): Promise<void> {
    return this.#inTurn(async () => {
      const change = { id: cdromId, filename: file, format: 'raw', force: true, 'read-only-mode': 'read-only' };
      await this.#run?.qmp.execute('blockdev-change-medium', change);
      this.#media = file;
    });
  }

  ejectMedia(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#media) await this.#run?.qmp.execute('eject', { id: cdromId, force: true });
      this.#media = undefined;
    });
  }

  readonly openSerial = (): Duplex => this.#serial.open();

  async close(): Promise<void> {
    this.#closed = true;
    await this.#inTurn(() => this.#off('asked'));
    this.#listeners.clear();
    this.#serial.close();
  }

  get #vars(): string {
    return join(this.#options.runDir, 'vars.fd');
  }

  get #pidFile(): string {
    return join(this.#options.runDir, 'qemu.pid');
  }

  /** One change at a time, in the order asked. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #do(action: BodyAction, boot: BootChoice): Promise<void> {
    if (this.#power === 'off') return action === 'on' ? this.#on(boot) : undefined;
    switch (action) {
      case 'on':
        return;
      case 'off':
        return this.#off('asked');
      case 'cycle':
        await this.#off('asked');
        return this.#on(boot);
      case 'reset':
        await this.#kill();
        return this.#again(boot);
      case 'soft':
        await this.#run?.qmp.execute('system_powerdown');
        return;
      case 'nmi':
        await this.#run?.qmp.execute('inject-nmi');
    }
  }

  async #on(boot: BootChoice): Promise<void> {
    if (this.#closed) return;
    await this.#spawn(boot);
    this.#tell('on', 'asked');
  }

  async #off(why: PowerChangeReason): Promise<void> {
    await this.#kill();
    this.#tell('off', why);
  }

  /** A new process for a machine whose power never went away. */
  async #again(boot: BootChoice): Promise<void> {
    try {
      await this.#spawn(boot);
    } catch (error) {
      this.#tell('off', 'broken');
      throw error;
    }
  }

  #tell(power: BodyPower, why: PowerChangeReason): void {
    if (this.#power === power) return;
    this.#power = power;
    for (const listener of this.#listeners) listener({ power, why });
  }

  async #spawn(boot: BootChoice): Promise<void> {
    const ovmf = { code: (this.#options.ovmf ?? debianOvmf).code, vars: this.#vars };
    const args = qemuArguments(this.#options, { boot, media: this.#media, ovmf, pidFile: this.#pidFile });
    const [command = program, ...rest] = [...(this.#options.launcher ?? []), program, ...args];
    const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    const [input, output, errors, serial] = child.stdio as unknown as [Writable, Readable, Readable, Duplex];
    const run: Run = {
      child,
      qmp: new Qmp(output, input, ({ event, data }) => {
        if (event === 'SHUTDOWN') run.shutdown = String(data.reason);
      }),
      exited: new Promise((resolve) => {
        child.once('error', (error) => resolve(error.message));
        child.once('close', (code, signal) => resolve(signal ?? `code ${code}`));
      }),
      shutdown: undefined,
      asked: false,
      said: '',
    };
    errors.on('data', (chunk: Buffer) => {
      run.said = (run.said + chunk.toString()).slice(-2_000);
    });
    this.#serial.attach(serial);
    this.#run = run;
    run.exited.then((ended) => this.#hearExit(run, ended));
    try {
      await run.qmp.begin();
    } catch (error) {
      run.asked = true;
      child.kill('SIGKILL');
      const ended = await run.exited;
      throw new QemuFailed({ name: this.#options.name, ended, said: run.said.trim() || explain(error) });
    }
    this.#log.info({ boot: boot.device, pid: child.pid }, 'QEMU started');
  }

  async #kill(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    run.asked = true;
    run.child.kill('SIGKILL');
    await run.exited;
  }

  #hearExit(run: Run, ended: string): void {
    run.qmp.end('it has ended');
    if (this.#run === run) this.#run = undefined;
    this.#log.info({ ended, shutdown: run.shutdown }, 'QEMU ended');
    if (run.asked) return;
    this.#inTurn(() => this.#afterExit(run, ended)).catch((error: unknown) =>
      this.#log.error({ error: explain(error) }, 'QEMU did not start again'),
    );
  }

  async #afterExit(run: Run, ended: string): Promise<void> {
    if (this.#run || this.#closed) return; // somebody was faster
    if (run.shutdown === 'guest-reset' || run.shutdown === 'guest-panic')
      return this.#again(this.#options.nextBoot?.() ?? { device: 'disk' });
    if (run.shutdown === 'guest-shutdown') return this.#tell('off', 'guest');
    this.#log.error({ ended, shutdown: run.shutdown, said: run.said }, 'QEMU ended by itself');
    this.#tell('off', 'broken');
  }

  /** The pid file of a simulator that was killed may name a process that still holds our disks. */
  async #endLeftover(): Promise<void> {
    const pid = Number(await readFile(this.#pidFile, 'utf8').catch(() => ''));
    if (!(pid > 0)) return;
    const isOurs = async () =>
      (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').includes(this.#pidFile);
    const deadline = this.#clock.now() + goneAfterKillMs;
    while (await isOurs()) {
      this.#log.warn({ pid }, 'ending a QEMU that an earlier simulator left behind');
      process.kill(pid, 'SIGKILL');
      if (this.#clock.now() > deadline)
        throw new QemuFailed({ name: this.#options.name, ended: 'nothing', said: `process ${pid} does not die` });
      await this.#clock.sleep(50);
    }
    await rm(this.#pidFile, { force: true });
  }
}
