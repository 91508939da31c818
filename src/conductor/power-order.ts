// Orders for power: what stands against one is said at once, the work goes on after the answer.
import { InvalidParameterValue } from '#contract/errors.ts';
import type { By } from '#events/catalog.ts';
import { finalPower, type PowerTarget } from '#model/power.ts';
import type { Conductor } from './conductor.ts';
import { hold } from './hold.ts';
import { refuseForbiddenOff } from './power.ts';

export interface PowerOrder {
  readonly node: string;
  readonly target: PowerTarget;
  /** Seconds to wait for the machine; the options' times where it is not given. */
  readonly timeout?: number | undefined;
  readonly by: By;
}

/** Accept an order for power: what stands against it is said at once, the work itself goes on after the answer. */
export async function power(conductor: Conductor, order: PowerOrder): Promise<void> {
  await hold(
    conductor,
    order.node,
    async (task) => {
      const face = task.driver.power;
      if (!face.supports.includes(order.target))
        throw new InvalidParameterValue({
          why: `The power interface "${face.name}" cannot do "${order.target}"; it can do: ${face.supports.join(', ')}.`,
        });
      refuseForbiddenOff(task, order.target);
      await face.validate?.(task);
      task.afterwards(async () => {
        try {
          await task.powerTo(order.target, order.timeout);
        } catch (error) {
          task.log.warn({ err: error }, `power action "${order.target}" failed`);
        }
      });
      await task.save({ target_power_state: finalPower[order.target], last_error: null });
    },
    { by: order.by },
  );
}
