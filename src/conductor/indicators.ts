// Lamps of the machine: seen and switched through its management interface.
import { UnsupportedDriverExtension } from '#contract/errors.ts';
import type { Indicator } from '#drivers/kinds.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from './conductor.ts';
import { hold } from './hold.ts';
import type { HeldTask } from './task.ts';

export interface WhichIndicator {
  readonly node: string;
  readonly component: string;
  readonly name: string;
}

async function management(task: HeldTask) {
  const face = task.driver.management;
  const { indicators, indicator, setIndicator } = face;
  if (!indicators || !indicator || !setIndicator)
    throw new UnsupportedDriverExtension({
      driver: task.node.driver,
      extension: 'indicators',
      why: `the management interface is "${face.name}"`,
    });
  await face.validate?.(task);
  return { indicators, indicator, setIndicator };
}

export const indicators = (conductor: Conductor, node: string): Promise<readonly Indicator[]> =>
  hold(conductor, node, async (task) => (await management(task)).indicators(task));

export const indicator = (conductor: Conductor, order: WhichIndicator): Promise<string> =>
  hold(conductor, order.node, async (task) => (await management(task)).indicator(task, order));

export const setIndicator = (conductor: Conductor, order: WhichIndicator & { state: string; by: By }): Promise<void> =>
  hold(conductor, order.node, async (task) => (await management(task)).setIndicator(task, order, order.state), {
    by: order.by,
  });
