// Consoles: switched in the background, kept in the row. (reference: conductor.md O117)
import { explain } from '#base/errors.ts';
import { NodeConsoleNotEnabled } from '#contract/errors.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from './conductor.ts';
import { hold, look } from './hold.ts';
import type { HeldTask } from './task.ts';

/** Where the node's console is reached. Throws NodeConsoleNotEnabled, or what its interface says. */
export function consoleOf(conductor: Conductor, node: string): Promise<Readonly<Record<string, unknown>> | null> {
  return look(conductor, node, async (task) => {
    if (!task.node.console_enabled) throw new NodeConsoleNotEnabled({ node: task.node.uuid });
    await task.driver.console.validate?.(task);
    return (await task.driver.console.get?.(task)) ?? null;
  });
}

/** Switch a console. One that is as asked for is left alone; what goes wrong later stands in `last_error`. */
export function setConsole(conductor: Conductor, order: { node: string; enabled: boolean; by: By }): Promise<void> {
  return hold(
    conductor,
    order.node,
    async (task) => {
      await task.driver.console.validate?.(task);
      if (task.node.console_enabled === order.enabled) return;
      task.afterwards((held) => switchConsole(held, order.enabled));
      await task.save({ last_error: null });
    },
    { by: order.by },
  );
}

async function switchConsole(task: HeldTask, on: boolean): Promise<void> {
  const face = task.driver.console;
  try {
    await (on ? face.start : face.stop)?.(task);
    await task.save({ console_enabled: on }, noted(task, `The console was ${on ? 'enabled' : 'disabled'}.`, 'INFO'));
  } catch (error) {
    if (task.signal.aborted) throw error;
    const why = `The console could not be ${on ? 'enabled' : 'disabled'}: ${explain(error)}`;
    await task.save({ last_error: why }, noted(task, why, 'ERROR'));
  }
}

const noted = (task: HeldTask, event: string, severity: 'INFO' | 'ERROR') =>
  ({ kind: 'node.noted', node: task.node.uuid, event, event_type: 'console', severity }) as const;
