// A build in stages whose results are kept: a folder per stage, named after a hash of all that went into it.
import { createHash } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotBuildRamdisk } from './errors.ts';

/** What a progress display gets: the stage at work, the per cent of the whole, seconds since the start. */
export interface Progress {
  readonly stage: string;
  readonly doing: string;
  readonly percent: number;
  readonly seconds: number;
}

export interface Stage {
  readonly name: string;
  /** All that decides the result; a stage after another names that one's key in it. */
  readonly inputs: unknown;
  /** Seconds that it usually takes: its share of the per cent. */
  readonly usual: number;
  /** Fill the empty folder `dir`. `at` tells how far it is, 0 to 1, and what it does; `earlier` are the stages' folders so far. */
  build(dir: string, at: (part: number, doing: string) => void, earlier: readonly string[]): Promise<void>;
}

/** The name of the folder that holds a stage's result. */
export function stageFolder(name: string, inputs: unknown): string {
  return `${name}-${createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16)}`;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Whether a stage's result is there, so that it need not be built. */
export const isBuilt = (cache: string, stage: Pick<Stage, 'name' | 'inputs'>): Promise<boolean> =>
  exists(join(cache, stageFolder(stage.name, stage.inputs)));

/** Build what is not there yet, one after another; returns the folder of each. A half-built folder never has the final name. */
export async function runStages(
  cache: string,
  stages: readonly Stage[],
  report: (progress: Progress) => void,
  now: () => number,
  signal?: AbortSignal,
): Promise<string[]> {
  const begun = now();
  const whole = stages.reduce((sum, stage) => sum + stage.usual, 0);
  const folders: string[] = [];
  let before = 0;
  for (const stage of stages) {
    signal?.throwIfAborted();
    const tell = (part: number, doing: string) =>
      report({
        stage: stage.name,
        doing,
        percent: Math.floor(((before + stage.usual * Math.min(Math.max(part, 0), 1)) / whole) * 100),
        seconds: (now() - begun) / 1000,
      });
    const name = stageFolder(stage.name, stage.inputs);
    const folder = join(cache, name);
    if (await exists(folder)) tell(1, 'already there');
    else {
      // A killed build's programs may live a moment longer and still write: each build has a folder of its own.
      const part = join(cache, `.part-${process.pid}-${name}`);
      await rm(part, { recursive: true, force: true });
      await mkdir(part);
      tell(0, 'begins');
      await stage.build(part, tell, folders);
      await rename(part, folder);
      tell(1, 'done');
    }
    folders.push(folder);
    before += stage.usual;
  }
  return folders;
}

/** Remove results of other recipes of the same stages, and what killed builds left behind. */
export async function forgetOthers(cache: string, stages: readonly Pick<Stage, 'name' | 'inputs'>[]): Promise<void> {
  const keep = new Set(stages.map((stage) => stageFolder(stage.name, stage.inputs)));
  for (const name of await readdir(cache)) {
    const ours = name.startsWith('.part-') || stages.some((stage) => name.startsWith(`${stage.name}-`));
    if (ours && !keep.has(name)) await rm(join(cache, name), { recursive: true, force: true });
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Keep other builds out of `cache` until the returned function is called. A lock whose process is dead is taken over. */
export async function holdCache(cache: string): Promise<() => Promise<void>> {
  const lock = join(cache, 'lock');
  const mine = join(cache, `lock.${process.pid}`);
  await writeFile(mine, String(process.pid));
  for (;;) {
    try {
      await link(mine, lock); // the lock appears with its content, or not at all
      await unlink(mine);
      return () => unlink(lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder > 0 && isAlive(holder)) {
      await unlink(mine);
      throw new CannotBuildRamdisk({
        why: `process ${holder} is building in ${cache}`,
        todo: 'Wait for it, or name another folder with --cache.',
      });
    }
    await rm(lock, { force: true });
  }
}
