// The ramdisk has told what it found: accepted at once, made something of after the answer. (reference: conductor.md L100)
import { explain } from '#base/errors.ts';
import { NotFound } from '#contract/errors.ts';
import { saveInventory } from '#db/node-inventory.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from '../conductor.ts';
import { inspect } from '../flows/inspect.ts';
import { hold } from '../hold.ts';
import { move } from '../move.ts';
import type { HeldTask } from '../task.ts';
import { type Found, hooksOf } from './hooks.ts';

export interface InspectionData {
  readonly node: string;
  readonly inventory: Readonly<Record<string, unknown>>;
  readonly plugin_data: Readonly<Record<string, unknown>>;
  readonly by: By;
}

/** Take an inspection's data for a node that waits for them. Throws NotFound where it doesn't, NodeLocked. */
export function continueInspection(conductor: Conductor, data: InspectionData): Promise<void> {
  return hold(
    conductor,
    data.node,
    async (task) => {
      if (task.node.provision_state !== 'inspect wait')
        throw new NotFound({ why: `Node ${task.node.uuid} does not wait for inspection data.` });
      const found: Found = { inventory: data.inventory, plugin_data: { ...data.plugin_data } };
      task.afterwards((held) => process(held, found));
      await move(task, 'resume');
    },
    { by: data.by },
  );
}

async function process(task: HeldTask, found: Found): Promise<void> {
  try {
    const hooks = hooksOf(task.config.inspector.hooks);
    checkAll(task, hooks, found);
    for (const [name, hook] of hooks) {
      try {
        await hook.run?.(task, found);
      } catch (error) {
        throw new Error(`hook ${name}: ${explain(error)}`, { cause: error });
      }
    }
    await keep(task, found);
    await task.driver.inspect.cleanUp?.(task);
    await move(task, 'done', { changes: { last_error: null } });
  } catch (error) {
    await keep(task, found).catch((second: unknown) => task.log.warn({ err: second }, 'the data could not be kept'));
    await inspect.fail(task, error);
  }
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
