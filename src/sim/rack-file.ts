// Keeps the state of a rack's machines in one file, so that a simulator started again finds them as they were.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { defineError, explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Machine, SavedMachine } from './machine.ts';

const FORMAT = 1;
const GATHER_MS = 250;

const UnreadableRack = defineError(
  'UnreadableRack',
  500,
  (p: { file: string; why: string }) =>
    `The state of the simulated machines in ${p.file} cannot be read (${p.why}); move the file away to start anew.`,
);

interface Saved {
  readonly format: number;
  readonly machines: Readonly<Record<string, SavedMachine>>;
}

/** What was kept in `folder`, by the names of the machines; empty where nothing was. */
export async function loadRack(folder: string): Promise<ReadonlyMap<string, SavedMachine>> {
  const file = join(folder, 'rack.json');
  try {
    const saved = JSON.parse(await readFile(file, 'utf8')) as Saved;
    if (saved.format !== FORMAT) throw new Error(`its format is ${saved.format}, not ${FORMAT}`);
    return new Map(Object.entries(saved.machines));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new UnreadableRack({ file, why: explain(error) }, { cause: error });
  }
}

/** Writes a rack's state soon after each change, whole and in one piece. */
export class RackFile {
  readonly #folder: string;
  readonly #machines: readonly Machine[];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #hurry = new AbortController();
  #writing: Promise<void> | undefined;
  #again = false;

  constructor(folder: string, machines: readonly Machine[], clock: Clock, log: Log) {
    this.#folder = folder;
    this.#machines = machines;
    this.#clock = clock;
    this.#log = log;
    for (const machine of machines) machine.hardware.changed = () => this.#soon();
  }

  /** Write what there is now, and no more after it. */
  async close(): Promise<void> {
    for (const machine of this.#machines) machine.hardware.changed = () => {};
    this.#hurry.abort();
    await this.#writing;
    await this.#write();
  }

  #soon(): void {
    this.#again = true;
    this.#writing ??= this.#loop().finally(() => {
      this.#writing = undefined;
    });
  }

  async #loop(): Promise<void> {
    while (this.#again && !this.#hurry.signal.aborted) {
      await this.#clock.sleep(GATHER_MS, this.#hurry.signal).catch(() => {});
      this.#again = false;
      await this.#write().catch((error: unknown) =>
        this.#log.warn({ error }, `the state of the simulated machines was not kept: ${explain(error)}`),
      );
    }
  }

  async #write(): Promise<void> {
    const machines = Object.fromEntries(this.#machines.map((machine) => [machine.name, machine.save()]));
    const file = join(this.#folder, 'rack.json');
    await mkdir(this.#folder, { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify({ format: FORMAT, machines } satisfies Saved), { flush: true });
    await rename(`${file}.new`, file);
  }
}
