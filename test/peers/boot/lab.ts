// A provisioning network in a network namespace, boot services in it, and machines (QEMU) and clients on it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import type { BootTarget } from '#boot/dhcp/boot-target.ts';
import type { BootFlavor, BootRoots } from '#boot/node-files/layout.ts';
import type { BootServiceOptions, BootServices } from '#boot/services.ts';
import type { BootEvent } from '#boot/timeline/boot-event.ts';

export interface ServeBootOptions {
  readonly interface: string;
  readonly mode: BootServiceOptions['mode'];
  readonly sockets?: 'best' | 'plain';
  readonly routerAdvertisement?: boolean;
  readonly roots: BootRoots;
  readonly machines: Readonly<Record<string, BootTarget>>;
  readonly nodes: readonly ServedNode[];
}

/** A node that is to be deployed, or, without images, to start from its disk. */
export interface ServedNode {
  readonly uuid: string;
  readonly mac: string;
  readonly flavor?: BootFlavor;
  readonly images?: { readonly kernel: string; readonly ramdisk: string };
}

export type Firmware = 'bios' | 'uefi-pxe' | 'uefi-http';

const exec = promisify(execFile);
const repository = path.resolve(import.meta.dirname, '../../..');

export class BootLab {
  readonly folder: string;
  readonly name = `ingot-boot-${process.pid}`;
  readonly #children = new Set<ChildProcess>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** br0 192.168.77.1/24 with two taps; a client namespace with eth0; a namespace for another DHCP server. */
  static async open(): Promise<BootLab> {
    const lab = new BootLab(await mkdtemp(path.join(tmpdir(), 'ingot-boot-')));
    const { name } = lab;
    for (const ns of [name, `${name}-c`, `${name}-s`]) await exec('ip', ['netns', 'add', ns]);
    await lab.inside('ip', 'link', 'set', 'lo', 'up');
    await lab.inside('ip', 'link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
    await lab.inside('ip', 'addr', 'add', '192.168.77.1/24', 'dev', 'br0');
    await lab.inside('ip', 'link', 'set', 'br0', 'up');
    await lab.inside('ip', 'tuntap', 'add', 'tap0', 'mode', 'tap');
    await lab.inside('ip', 'link', 'set', 'tap0', 'master', 'br0', 'up');
    for (const end of ['c', 's']) {
      await lab.inside(
        'ip',
        'link',
        'add',
        `v${end}`,
        'type',
        'veth',
        'peer',
        'name',
        'eth0',
        'netns',
        `${name}-${end}`,
      );
      await lab.inside('ip', 'link', 'set', `v${end}`, 'master', 'br0', 'up');
      await exec('ip', ['-n', `${name}-${end}`, 'link', 'set', 'eth0', 'up']);
    }
    await exec('ip', ['-n', `${name}-s`, 'addr', 'add', '192.168.77.2/24', 'dev', 'eth0']);
    return lab;
  }

  async close(): Promise<void> {
    for (const child of [...this.#children]) await this.end(child);
    for (const end of ['', '-c', '-s']) await exec('ip', ['netns', 'del', `${this.name}${end}`]).catch(() => {});
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs a program beside the boot services. */
  inside(...command: string[]) {
    return exec('ip', ['netns', 'exec', this.name, ...command], { maxBuffer: 64 << 20 });
  }

  /** Runs a program in the client's namespace. */
  asClient(...command: string[]) {
    return exec('ip', ['netns', 'exec', `${this.name}-c`, ...command], { maxBuffer: 64 << 20 });
  }

  start(end: '' | '-c' | '-s', ...command: string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', `${this.name}${end}`, ...command], { cwd: repository });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  async end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }

  async serve(options: ServeBootOptions): Promise<ServedBoot> {
    const program = path.join(import.meta.dirname, 'serve-boot.ts');
    const child = this.start('', process.execPath, program, JSON.stringify(options));
    const served = new ServedBoot(child, () => this.end(child));
    await vi.waitFor(() => served.mustBeReady(), { timeout: 60_000, interval: 20 });
    return served;
  }

  console(firmware: Firmware): string {
    return path.join(this.folder, `console-${firmware}.log`);
  }

  /** Powers a machine on that boots from tap0; its console is kept in the lab's folder. */
  machine(firmware: Firmware, mac: string, disk?: string): ChildProcess {
    const vars = path.join(this.folder, 'vars.fd');
    const flash = (unit: number, file: string, more = '') => [
      '-drive',
      `if=pflash,format=raw,unit=${unit},file=${file}${more}`,
    ];
    const uefi = ['-M', 'q35', ...flash(0, '/usr/share/OVMF/OVMF_CODE_4M.fd', ',readonly=on'), ...flash(1, vars)];
    const noPxe = ['IPv4', 'IPv6'].flatMap((v) => ['-fw_cfg', `name=opt/org.tianocore/${v}PXESupport,string=no`]);
    const boards = { bios: ['-M', 'pc,graphics=off'], 'uefi-pxe': uefi, 'uefi-http': [...uefi, ...noPxe] };
    const rom = firmware === 'bios' ? '' : ',romfile=';
    const machine = [
      ...['qemu-system-x86_64', ...boards[firmware]],
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '1024', '-nodefaults', '-no-reboot'],
      ...['-display', 'none', '-serial', `file:${this.console(firmware)}`],
      ...['-object', 'rng-random,id=rng0,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng0'],
      ...['-netdev', 'tap,id=n0,ifname=tap0,script=no,downscript=no'],
      ...['-device', `virtio-net-pci,netdev=n0,mac=${mac},bootindex=1${rom}`],
    ];
    const drive = ['-drive', `if=none,id=d0,format=raw,snapshot=on,file=${disk}`];
    return this.start('', ...machine, ...(disk ? [...drive, '-device', 'virtio-blk-pci,drive=d0,bootindex=2'] : []));
  }
}

export class ServedBoot {
  readonly events: BootEvent[] = [];
  readonly lines: string[] = [];
  readonly close: () => Promise<void>;
  ready: Omit<BootServices, 'close'> | undefined;

  constructor(child: ChildProcess, close: () => Promise<void>) {
    this.close = close;
    let rest = '';
    child.stdout?.on('data', (piece: Buffer) => {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#take(line);
    });
    child.stderr?.on('data', (piece: Buffer) => this.lines.push(String(piece)));
    child.once('exit', (code) => this.lines.push(`ended with ${code}`));
  }

  #take(line: string): void {
    this.lines.push(line);
    const told = JSON.parse(line) as { ready?: Omit<BootServices, 'close'>; event?: BootEvent };
    if (told.ready) this.ready = told.ready;
    if (told.event) this.events.push(told.event);
  }

  mustBeReady(): void {
    if (!this.ready) throw new Error(`boot services are not ready:\n${this.lines.join('\n')}`);
  }

  /** Resolves with the event once one of that kind and path has come. */
  until(kind: BootEvent['kind'], file?: RegExp, timeout = 120_000): Promise<BootEvent> {
    return vi.waitFor(
      () => {
        const event = this.events.find((e) => e.kind === kind && (!file || file.test(e.path ?? '')));
        if (event) return event;
        throw new Error(`no ${kind} ${file ?? ''} among:\n${this.lines.join('\n')}`);
      },
      { timeout, interval: 20 },
    );
  }
}
