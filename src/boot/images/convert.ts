// Turns qcow2 into raw with qemu-img: a child process with arguments, memory and time limits.

import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { ConversionFailed } from './faults.ts';

export interface ConvertOptions {
  readonly clock: Clock;
  /** Folders where programs are looked for, as in PATH. */
  readonly searchPath: string;
  /** In bytes; `[disk_utils]image_convert_memory_limit` is in MiB. */
  readonly memoryLimit: number;
  /** In ms. */
  readonly timeout: number;
  /** `[disk_utils]image_convert_attempts` */
  readonly attempts: number;
  readonly signal?: AbortSignal | undefined;
}

/** Where a program is, or undefined. */
async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

const mostSaid = 4096;

function run(command: readonly string[], signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const [program, ...args] = command;
    const child = spawn(program!, args, {
      signal,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'ignore', 'pipe'],
      // Each malloc arena takes address space, which is what is limited.
      env: { LC_ALL: 'C', MALLOC_ARENA_MAX: '3', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-mostSaid);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said: said.trim() }));
  });
}

async function runWithin(command: readonly string[], shown: string, options: ConvertOptions): Promise<Ended> {
  const late = new AbortController();
  const done = new AbortController();
  const watch = options.clock.sleep(options.timeout, done.signal).then(
    () => late.abort(),
    () => {},
  );
  try {
    return await run(command, options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal);
  } catch (cause) {
    options.signal?.throwIfAborted();
    const reason = late.signal.aborted
      ? `qemu-img did not finish within ${options.timeout / 1000} s and was ended`
      : `qemu-img could not be started (${(cause as Error).message})`;
    throw new ConversionFailed({ image: shown, reason }, { cause });
  } finally {
    done.abort();
    await watch;
  }
}

const lacksMemory = (said: string): boolean => /memory|resource temporarily unavailable/i.test(said);

/** Convert a qcow2 image to raw. Throws ImageConvertFailed with what qemu-img said, or where it is missing. */
export async function convertToRaw(
  source: string,
  target: string,
  format: 'qcow2',
  shown: string,
  options: ConvertOptions,
): Promise<void> {
  const qemuImg = await findProgram('qemu-img', options.searchPath);
  if (!qemuImg) {
    const reason =
      'qemu-img is not installed here. Install it (Debian: qemu-utils), or set force_raw_images=false so that the ramdisk converts it, or give a raw image';
    throw new ConversionFailed({ image: shown, reason });
  }
  const prlimit = await findProgram('prlimit', options.searchPath);
  const limits = prlimit && options.memoryLimit > 0 ? [prlimit, `--as=${options.memoryLimit}`] : [];
  const command = [...limits, qemuImg, 'convert', '-f', format, '-O', 'raw', source, target];
  for (let n = 1; ; n += 1) {
    const { code, said } = await runWithin(command, shown, options);
    if (code === 0) return;
    if (n < options.attempts && lacksMemory(said)) continue;
    throw new ConversionFailed({
      image: shown,
      reason: `qemu-img ended with ${code ?? 'a signal'}: ${said || 'it said nothing'}`,
    });
  }
}
