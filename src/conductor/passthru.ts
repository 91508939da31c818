// Methods of vendors: looked up in the node's vendor interface, checked, and run now or after the answer.
import { explain } from '#base/errors.ts';
import { InvalidParameterValue, UnsupportedDriverExtension } from '#contract/errors.ts';
import type { VendorMethod } from '#drivers/kinds.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from './conductor.ts';
import { hold, look } from './hold.ts';
import type { HeldTask } from './task.ts';

export interface PassthruOrder {
  readonly node: string;
  readonly method: string;
  readonly httpMethod: string;
  readonly body: unknown;
  readonly by: By;
}

/** A method as clients see it. */
const shown = (method: VendorMethod) => ({
  http_methods: method.httpMethods,
  async: method.async,
  description: method.description,
  attach: false,
  require_exclusive_lock: method.exclusive,
});

/** The vendor methods of a node, by name. */
export const passthruMethods = (conductor: Conductor, node: string) =>
  look(conductor, node, async (task) =>
    Object.fromEntries(Object.entries(methodsOf(task)).map(([name, method]) => [name, shown(method)])),
  );

/** Call a vendor method; its answer comes back unless it goes on in the background. */
export async function passthru(
  conductor: Conductor,
  order: PassthruOrder,
): Promise<{ async: boolean; attach: boolean; answer?: unknown }> {
  const exclusive = await look(conductor, order.node, async (task) => methodOf(task, order).exclusive);
  const around = exclusive ? hold : look;
  return around(conductor, order.node, (task) => call(task, order), { by: order.by });
}

async function call(task: HeldTask, order: PassthruOrder) {
  const method = methodOf(task, order);
  const args = argumentsOf(order.body);
  await task.driver.vendor.validate?.(task);
  method.validate?.(task, args);
  if (!method.async) return { async: false, attach: false, answer: await method.run(task, args) };
  const work = async (held: HeldTask) => {
    try {
      await method.run(held, args);
    } catch (error) {
      await failed(held, order.method, error);
    }
  };
  if (method.exclusive) task.afterwards(work);
  else inSlot(task, work);
  return { async: true, attach: false };
}

/** Without the lock nothing has to outlive the request but the work itself. */
function inSlot(task: HeldTask, work: (task: HeldTask) => Promise<void>): void {
  const { workers } = task.conductor;
  workers.take();
  workers.run(() => work(task));
}

async function failed(task: HeldTask, method: string, error: unknown): Promise<void> {
  if (task.signal.aborted) return;
  const event = `The vendor method ${method} failed: ${explain(error)}`;
  task.log.warn({ err: error }, event);
  if (task.shared) return;
  const { uuid } = task.node;
  await task.save(
    { last_error: event },
    { kind: 'node.noted', node: uuid, event, event_type: 'vendor', severity: 'ERROR' },
  );
}

function methodsOf(task: HeldTask): Readonly<Record<string, VendorMethod>> {
  const { vendor } = task.driver;
  if (vendor.passthru) return vendor.passthru;
  if (vendor.name !== 'no-vendor') return {};
  throw new UnsupportedDriverExtension({
    driver: task.node.driver,
    extension: 'vendor methods',
    why: 'the vendor interface is "no-vendor"',
  });
}

function methodOf(task: HeldTask, order: PassthruOrder): VendorMethod {
  const methods = methodsOf(task);
  const method = Object.hasOwn(methods, order.method) ? methods[order.method] : undefined;
  if (!method)
    throw new InvalidParameterValue({
      why: `The vendor interface "${task.driver.vendor.name}" has no method "${order.method}"; it has: ${Object.keys(methods).join(', ') || 'none'}.`,
    });
  if (!method.httpMethods.includes(order.httpMethod))
    throw new InvalidParameterValue({
      why: `The vendor method "${order.method}" is not called with ${order.httpMethod}, but with ${method.httpMethods.join(' or ')}.`,
    });
  return method;
}

function argumentsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new InvalidParameterValue({ why: 'The arguments of a vendor method are an object.' });
}

/** Methods of a driver as a whole: no driver here has any. */
export function refuseDriverMethod(driver: string, method: string): never {
  throw new InvalidParameterValue({ why: `Driver ${driver} has no vendor method "${method}"; it has none at all.` });
}
