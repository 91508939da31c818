// Consoles: switched in the background, kept in the row, and open again after a restart. (reference: conductor.md O117)
import { explain } from '#base/errors.ts';
import { NodeConsoleNotEnabled, NodeLocked, NoFreeConductorWorker } from '#contract/errors.ts';
import { nodesWithConsole } from '#db/node-watch.ts';
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

/** Open the console of a held node again, where it is enabled; one that cannot be opened is enabled no longer. */
export async function startConsoleAgain(task: HeldTask): Promise<void> {
  if (!task.node.console_enabled) return;
  try {
    await task.driver.console.start?.(task);
  } catch (error) {
    if (task.signal.aborted) throw error;
    const why = `The console could not be opened again: ${explain(error)}`;
    await task.save({ console_enabled: false, last_error: why }, noted(task, why, 'ERROR'));
  }
}

/** End the console of a node that is torn down; what goes wrong with it holds nothing up. It stays enabled. */
export async function stopConsole(task: HeldTask): Promise<void> {
  try {
    await task.driver.console.stop?.(task);
  } catch (error) {
    if (task.signal.aborted) throw error;
    task.log.warn({ err: error }, 'the console of a node that is torn down could not be ended');
  }
}

const retryMs = 1_000;
/** Rounds over nodes that are held by work which was gone on with; a node that is held for longer is left as it is. */
const mostRounds = 3_600;

/**
 * After a start: consoles that were open are open again. A console that needs nothing written is opened without the
 * node's lock, so that it does not wait for a deployment; the others follow in the background.
 */
export async function restartConsoles(conductor: Conductor): Promise<void> {
  const nodes = await nodesWithConsole(conductor.db.read, conductor.config.conductor.conductor_group.toLowerCase());
  const left: string[] = [];
  for (const { uuid, driver } of nodes) {
    if (!conductor.drivers.types.has(driver)) continue;
    await look(conductor, uuid, async (task) => task.driver.console.start?.(task)).catch(() => left.push(uuid));
  }
  if (nodes.length) conductor.log.info({ nodes: nodes.length, failed: left.length }, 'consoles are open again');
  void restartHeld(conductor, left);
}

async function restartHeld(conductor: Conductor, nodes: readonly string[]): Promise<void> {
  let left = nodes;
  for (let round = 0; left.length && round < mostRounds && !conductor.closing.aborted; round++) {
    if (round) await conductor.clock.sleep(retryMs, conductor.closing).catch(() => {});
    const again: string[] = [];
    for (const uuid of left) if (!(await restartOne(conductor, uuid))) again.push(uuid);
    left = again;
  }
}

async function restartOne(conductor: Conductor, uuid: string): Promise<boolean> {
  try {
    await hold(conductor, uuid, startConsoleAgain, { attempts: 1 });
  } catch (error) {
    if (NoFreeConductorWorker.is(error) || NodeLocked.is(error)) return false;
    conductor.log.error({ err: error, node: uuid }, 'a console could not be opened again');
  }
  return true;
}
