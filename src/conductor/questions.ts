// What clients ask of a node's driver, and small orders that end before the answer.
import { explain, Fault } from '#base/errors.ts';
import { InvalidParameterValue, UnsupportedDriverExtension } from '#contract/errors.ts';
import { type BootDevice, bootDevices, type Face, interfaceKinds } from '#drivers/kinds.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from './conductor.ts';
import { hold, look } from './hold.ts';
import type { HeldTask } from './task.ts';

export interface Validation {
  readonly result: boolean | null;
  readonly reason?: string;
}

/** Kinds in the order in which they are told. compat: the vendor interface is left out. */
export function validate(conductor: Conductor, node: string): Promise<Record<string, Validation>> {
  return look(conductor, node, async (task) => {
    const answers: Record<string, Validation> = {};
    for (const kind of interfaceKinds.filter((k) => k !== 'vendor'))
      answers[kind] = await validation(task, task.driver[kind]);
    return answers;
  });
}

async function validation(task: HeldTask, face: Face): Promise<Validation> {
  try {
    await face.validate?.(task);
    return { result: true };
  } catch (error) {
    return { result: false, reason: error instanceof Fault ? error.message : `unexpected: ${explain(error)}` };
  }
}

export const bootDevice = (conductor: Conductor, node: string) =>
  hold(conductor, node, async (task) => {
    await task.driver.management.validate?.(task);
    return task.driver.management.getBootDevice(task);
  });

export const supportedBootDevices = (conductor: Conductor, node: string): Promise<readonly string[]> =>
  look(conductor, node, async (task) => task.driver.management.bootDevices);

export function setBootDevice(
  conductor: Conductor,
  order: { node: string; device: string; persistent: boolean; by: By },
): Promise<void> {
  return hold(
    conductor,
    order.node,
    async (task) => {
      const { management } = task.driver;
      await management.validate?.(task);
      const known = (bootDevices as readonly string[]).includes(order.device);
      if (!known || !management.bootDevices.includes(order.device as BootDevice))
        throw new InvalidParameterValue({
          why: `The management interface "${management.name}" cannot boot from "${order.device}"; it can boot from: ${management.bootDevices.join(', ') || 'nothing'}.`,
        });
      await management.setBootDevice(task, order.device as BootDevice, order.persistent);
    },
    { by: order.by },
  );
}

export function injectNmi(conductor: Conductor, order: { node: string; by: By }): Promise<void> {
  return hold(
    conductor,
    order.node,
    async (task) => {
      const { management } = task.driver;
      if (!management.injectNmi)
        throw new UnsupportedDriverExtension({
          driver: task.node.driver,
          extension: 'inject_nmi',
          why: `the management interface is "${management.name}"`,
        });
      await management.validate?.(task);
      await management.injectNmi(task);
    },
    { by: order.by },
  );
}

export function attachVif(
  conductor: Conductor,
  order: { node: string; vif: { id: string } & Record<string, unknown>; by: By },
): Promise<void> {
  return hold(conductor, order.node, (task) => task.driver.network.attachVif(task, order.vif), { by: order.by });
}

export function detachVif(conductor: Conductor, order: { node: string; vif: string; by: By }): Promise<void> {
  return hold(conductor, order.node, (task) => task.driver.network.detachVif(task, order.vif), { by: order.by });
}

export const listVifs = (conductor: Conductor, node: string): Promise<readonly { id: string }[]> =>
  look(conductor, node, (task) => task.driver.network.listVifs(task));
