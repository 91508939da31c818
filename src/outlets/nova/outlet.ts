// Hears of power states and queues them for nova. (reference: nova-power-update.md §4)
import type { Log } from '#base/log.ts';
import type { Tx } from '#db/database.ts';
import { dropCallback, queueCallback } from '#db/nova-callbacks.ts';
import type { Heard, Outlet } from '../outlet.ts';

export interface NovaOutletParts {
  readonly log: Log;
  /** [nova]send_power_notifications, asked each time. */
  readonly enabled: () => boolean;
  /** Called when something was queued. */
  readonly queued: () => void;
}

type PowerHeard = Extract<Heard, { kind: 'power.changed' | 'power.corrected' }>;

export const novaOutlet = ({ log, enabled, queued }: NovaOutletParts): Outlet => ({
  name: 'nova',
  hears: ['power.changed', 'power.corrected'],
  async take(tx, heard) {
    const on = enabled();
    const newest = new Map<string, PowerHeard>();
    for (const one of heard as readonly PowerHeard[]) {
      if (!one.instance) continue;
      if (one.to === 'power on' || one.to === 'power off') newest.set(one.instance, one);
      else if (on)
        log.error(
          { node: one.node, instance: one.instance, state: one.to },
          `nova is not told that node ${one.node} is in power state "${one.to}": only on and off can be told`,
        );
    }
    for (const [instance, one] of newest) await (on ? queue(tx, instance, one) : drop(tx, instance, one));
  },
  taken: queued,
});

const queue = (tx: Tx, instance: string, { node, to, id }: PowerHeard): Promise<void> =>
  queueCallback(tx, { instance_uuid: instance, node_uuid: node, state: to!, happening_id: id });

/** Not to be told, but it makes wrong what still waits: that must not be told later. */
const drop = (tx: Tx, instance: string, { id }: PowerHeard): Promise<void> =>
  dropCallback(
    tx,
    { instance_uuid: instance, happening_id: id },
    'newer, while [nova]send_power_notifications was off',
  );
