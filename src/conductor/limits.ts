import { ConcurrentActionLimit } from '#contract/errors.ts';
import { countInStates } from '#db/node-watch.ts';
import type { HeldTask } from './task.ts';

/** How many machines may be deployed or cleaned at once (reference: conductor.md B19). Throws ConcurrentActionLimit. */
export async function checkLimit(task: HeldTask, event: string): Promise<void> {
  const { conductor } = task.config;
  const deploys = event === 'deploy' || event === 'rebuild';
  if (!deploys && event !== 'delete' && event !== 'clean') return;
  const limit = deploys ? conductor.max_concurrent_deploy : conductor.max_concurrent_clean;
  const states = deploys ? ['deploying', 'wait call-back'] : ['deleting', 'cleaning', 'clean wait'];
  const now = await countInStates(task.conductor.db.read, states);
  if (now >= limit) throw new ConcurrentActionLimit({ action: deploys ? 'deployment' : 'cleaning', limit });
}
