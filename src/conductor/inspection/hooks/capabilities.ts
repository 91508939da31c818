// Hooks that say what a machine can do.
import { withCapabilities } from '#model/inspection/capabilities.ts';
import type { HeldTask } from '../../task.ts';
import { type Hook, type Json, objectAt } from '../hook.ts';

const mostItems = 100_000;

/** Add capabilities to those that the node has. */
export async function addCapabilities(task: HeldTask, more: Readonly<Json>): Promise<void> {
  const properties = withCapabilities(task.node.properties, more);
  if (properties !== task.node.properties) await task.save({ properties });
}

/** How the machine booted its ramdisk. */
export const bootMode: Hook = {
  async run(task, { inventory }) {
    const mode = objectAt(inventory.boot).current_boot_mode;
    if (mode === 'uefi' || mode === 'bios') await addCapabilities(task, { boot_mode: mode });
    else task.log.warn({}, 'hook boot-mode: the inventory does not tell how the machine booted');
  },
};

/** By the flags of its CPU ([inspector]cpu_capabilities). */
export const cpuCapabilities: Hook = {
  async run(task, { inventory }) {
    const { flags } = objectAt(inventory.cpu);
    if (!Array.isArray(flags)) return task.log.warn({}, 'hook cpu-capabilities: the inventory tells no CPU flags');
    const told = new Set(flags);
    const names = Object.entries(task.config.inspector.cpu_capabilities)
      .filter(([flag]) => told.has(flag))
      .map(([, name]) => [name, 'true']);
    await addCapabilities(task, Object.fromEntries(names));
  },
};

/** The lists of the tool hardware-detect (`data`), as an object (`extra`). */
export const extraHardware: Hook = {
  async run(task, { plugin_data }) {
    const { data } = plugin_data;
    if (data === undefined) return task.log.warn({}, 'hook extra-hardware: the ramdisk sent no "data"');
    const strict = task.config.inspector.extra_hardware_strict;
    if (!Array.isArray(data) || !data.every((row) => Array.isArray(row) && (!strict || row.length === 4))) {
      task.log.warn({}, 'hook extra-hardware: "data" is no list of lists of four, and is left as it is');
      if (strict) delete plugin_data.data;
      return;
    }
    plugin_data.extra = nested(data.slice(0, mostItems));
    delete plugin_data.data;
  },
};

function nested(rows: readonly unknown[][]): Json {
  const kinds = new Map<string, Map<string, Map<string, unknown>>>();
  for (const [kind, thing, name, value] of rows) {
    if (typeof kind !== 'string' || typeof thing !== 'string' || typeof name !== 'string') continue;
    const things = kinds.get(kind) ?? new Map<string, Map<string, unknown>>();
    kinds.set(kind, things);
    const facts = things.get(thing) ?? new Map<string, unknown>();
    things.set(thing, facts);
    facts.set(name, typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : (value ?? null));
  }
  const plain = [...kinds].map(([kind, things]) => [
    kind,
    Object.fromEntries([...things].map(([thing, facts]) => [thing, Object.fromEntries(facts)])),
  ]);
  return Object.fromEntries(plain);
}
