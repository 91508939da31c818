// The ramdisk has told what it found: accepted at once, made something of after the answer. (reference: conductor.md L100)
import { explain } from '#base/errors.ts';
import { NotFound } from '#contract/errors.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from '../conductor.ts';
import { inspect } from '../flows/inspect.ts';
import { hold } from '../hold.ts';
import { move } from '../move.ts';
import type { HeldTask } from '../task.ts';
import type { Found } from './hook.ts';
import { makeOfFindings } from './make-of-findings.ts';

export interface InspectionData {
  readonly node: string;
  readonly inventory: Readonly<Record<string, unknown>>;
  readonly plugin_data: Readonly<Record<string, unknown>>;
  /** The machine was unknown, and has just been enrolled. */
  readonly discovered?: boolean;
  readonly by: By;
}

/** Take an inspection's data for a node that waits for them, or was just discovered. Throws NotFound, NodeLocked. */
export function continueInspection(conductor: Conductor, data: InspectionData): Promise<void> {
  return hold(
    conductor,
    data.node,
    async (task) => {
      const waits = data.discovered ? 'enroll' : 'inspect wait';
      if (task.node.provision_state !== waits)
        throw new NotFound({ why: `Node ${task.node.uuid} does not wait for inspection data.` });
      const found: Found = { inventory: data.inventory, plugin_data: { ...data.plugin_data } };
      task.afterwards((held) => (data.discovered ? introduce(held, found) : process(held, found)));
      if (!data.discovered) await move(task, 'resume');
    },
    { by: data.by },
  );
}

/** A discovered machine stays enrolled, whatever comes out: what stands against it is told. */
async function introduce(task: HeldTask, found: Found): Promise<void> {
  try {
    await makeOfFindings(task, found, task.config.inspector.hooks, '[inspector]hooks');
    await task.save(
      { last_error: null },
      { kind: 'node.noted', node: task.node.uuid, event: 'Discovered.', event_type: 'discovery', severity: 'INFO' },
    );
  } catch (error) {
    task.signal.throwIfAborted();
    const why = `Discovery failed: ${explain(error)}`;
    await task.save(
      { last_error: why },
      { kind: 'node.noted', node: task.node.uuid, event: why, event_type: 'discovery', severity: 'ERROR' },
    );
  }
}

async function process(task: HeldTask, found: Found): Promise<void> {
  const { inspect: face } = task.driver; // the rules may change the driver
  try {
    await makeOfFindings(task, found, task.config.inspector.hooks, '[inspector]hooks');
    await face.cleanUp?.(task);
    await move(task, 'done', { changes: { last_error: null } });
  } catch (error) {
    await inspect.fail(task, error);
  }
}
