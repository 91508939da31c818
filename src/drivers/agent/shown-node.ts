// The node and its ports as they are sent to the ramdisk: everything but secrets (reference: agent-api.md §2).
import type { PortRow } from '#db/schema.ts';
import type { Task } from '../kinds.ts';

const secret = /password|secret|token|key$|_key_|credential|agent_verify_ca_key/i;

/** Values under names that sound like secrets become stars, at any depth. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [k, secret.test(k) && v !== null && v !== '' ? '******' : masked(v)]),
  );
}

export function maskedNode(task: Task, show: { configdrive?: boolean } = {}): Record<string, unknown> {
  const { id: _id, lease_until: _lease, reservation_epoch: _epoch, ...node } = task.node;
  const info = masked(node.instance_info) as Record<string, unknown>;
  if ('configdrive' in info) info.configdrive = show.configdrive ? node.instance_info.configdrive : '******';
  return {
    ...node,
    driver_info: masked(node.driver_info),
    driver_internal_info: masked(node.driver_internal_info),
    instance_info: info,
    created_at: iso(node.created_at),
    updated_at: iso(node.updated_at),
    provision_updated_at: iso(node.provision_updated_at),
  };
}

export function plainPort(port: PortRow): Record<string, unknown> {
  const { id: _id, ...shown } = port;
  return { ...shown, created_at: iso(port.created_at), updated_at: iso(port.updated_at) };
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
