// What becomes of what an inspection found, in-band or out of band: hooks look at it, then work; then the rules; then it is
// kept. (reference: conductor.md L100)
import { explain } from '#base/errors.ts';
import { saveInventory } from '#db/node-inventory.ts';
import type { HeldTask } from '../task.ts';
import type { Found } from './hook.ts';
import { hooksOf } from './hooks.ts';
import { applyRules } from './inspection-rules.ts';

/**
 * Make ports, properties and whatever rules say of what was found, and keep it. `hooks` is the value of the option that
 * `named` says. Throws what a hook or a rule has against the machine; what was found is kept then too.
 */
export async function makeOfFindings(task: HeldTask, found: Found, hooks: string, named: string): Promise<void> {
  try {
    await work(task, found, hooksOf(hooks, named));
  } catch (error) {
    task.signal.throwIfAborted();
    await keep(task, found).catch((second: unknown) => task.log.warn({ err: second }, 'the data could not be kept'));
    throw error;
  }
  await keep(task, found);
}

async function work(task: HeldTask, found: Found, hooks: ReturnType<typeof hooksOf>): Promise<void> {
  checkAll(task, hooks, found);
  for (const [name, hook] of hooks) {
    try {
      await hook.run?.(task, found);
    } catch (error) {
      throw new Error(`hook ${name}: ${explain(error)}`, { cause: error });
    }
  }
  await applyRules(task, found);
}

/** Everything that is wrong with the data, at once. */
function checkAll(task: HeldTask, hooks: ReturnType<typeof hooksOf>, found: Found): void {
  const wrong: string[] = [];
  for (const [name, hook] of hooks) {
    try {
      hook.check?.(task, found);
    } catch (error) {
      wrong.push(`hook ${name}: ${explain(error)}`);
    }
  }
  if (wrong.length) throw new Error(wrong.join('; '));
}

/** Logs are not data: they can be large, and are of no use to clients. */
async function keep(task: HeldTask, found: Found): Promise<void> {
  if (task.config.inventory.data_backend === 'none') return;
  const { logs: _logs, ...plugin_data } = found.plugin_data;
  await task.conductor.db.write((tx) => saveInventory(tx, task.node.uuid, { ...found.inventory }, plugin_data));
}
