// Which port carries which VIF (reference: conductor.md S135).
import { NoFreePhysicalPorts, VifAlreadyAttached, VifNotAttached } from '#contract/errors.ts';
import type { PortRow } from '#db/schema.ts';
import type { NetworkFace, Task } from '../kinds.ts';

const vifOf = (port: PortRow): string | undefined => {
  const vif = port.internal_info.tenant_vif_port_id;
  return typeof vif === 'string' ? vif : undefined;
};

/** Free ports, those that boot from the network first. */
function freePort(task: Task, wanted: unknown): PortRow | undefined {
  const free = task.ports.filter((port) => !vifOf(port));
  if (typeof wanted === 'string') return free.find((port) => port.uuid === wanted);
  return free.toSorted((a, b) => Number(b.pxe_enabled) - Number(a.pxe_enabled))[0];
}

export const vifFace: Pick<NetworkFace, 'attachVif' | 'detachVif' | 'listVifs'> = {
  async attachVif(task, vif) {
    const taken = task.ports.find((port) => vifOf(port) === vif.id);
    if (taken) throw new VifAlreadyAttached({ vif: vif.id, object: `port ${taken.uuid}` });
    const port = freePort(task, vif.port_uuid);
    if (!port) throw new NoFreePhysicalPorts({ vif: vif.id, node: task.node.uuid });
    await task.notePort(port.uuid, { tenant_vif_port_id: vif.id });
  },
  async detachVif(task, id) {
    const port = task.ports.find((p) => vifOf(p) === id);
    if (!port) throw new VifNotAttached({ vif: id, node: task.node.uuid });
    await task.notePort(port.uuid, { tenant_vif_port_id: undefined });
  },
  async listVifs(task) {
    return task.ports.flatMap((port) => (vifOf(port) ? [{ id: vifOf(port)! }] : []));
  },
};
