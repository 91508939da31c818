import type { Task } from '../kinds.ts';

type FakeDelay =
  | 'power'
  | 'boot'
  | 'deploy'
  | 'vendor'
  | 'management'
  | 'inspect'
  | 'raid'
  | 'bios'
  | 'storage'
  | 'rescue'
  | 'firmware';

/** Seconds that the fake interface pretends to work: `[fake]<kind>_delay` is a number, or "min,max" to draw between. */
export async function pretend(task: Task, kind: FakeDelay): Promise<void> {
  const text = String(task.config.fake[`${kind}_delay`] ?? '0');
  const [low = 0, high = low] = text.split(',').map(Number);
  const seconds = Math.max(0, low + Math.random() * (high - low));
  if (seconds > 0) await task.clock.sleep(seconds * 1000, task.signal);
}
