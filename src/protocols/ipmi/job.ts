// What a BMC has to do, in the order in which it is to be done.
import type { CallOptions, Command, Rank } from './commands/command.ts';

const ranks: readonly Rank[] = ['order', 'read', 'background'];

/** One command that somebody waits for. */
export interface Job {
  readonly command: Command;
  readonly rank: Rank;
  readonly deadline: number;
  ended: boolean;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The promise of a command, and the job that settles it; `onAbort` hears the caller's signal while the job is not settled. */
export function jobFor<T>(
  command: Command<T>,
  options: CallOptions,
  onAbort: (job: Job) => void,
): { job: Job; promise: Promise<T> } {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const { signal } = options;
  const aborted = () => onAbort(job);
  const settle = () => {
    job.ended = true;
    signal?.removeEventListener('abort', aborted);
  };
  const job: Job = {
    command,
    rank: options.rank ?? 'read',
    deadline: options.deadline ?? Number.POSITIVE_INFINITY,
    ended: false,
    resolve(value) {
      settle();
      resolve(value as T);
    },
    reject(error) {
      settle();
      reject(error);
    },
  };
  signal?.addEventListener('abort', aborted, { once: true });
  return { job, promise };
}

export class JobQueue {
  readonly #lanes: Job[][] = ranks.map(() => []);

  add(job: Job): void {
    this.#lanes[ranks.indexOf(job.rank)]!.push(job);
  }

  /** The first job of the first rank that has one; settled ones are passed over. */
  next(): Job | undefined {
    for (const lane of this.#lanes)
      for (let job = lane.shift(); job; job = lane.shift()) {
        if (!job.ended) return job;
      }
    return undefined;
  }
}
