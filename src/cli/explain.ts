// Why a node is as it is, and what can be done: sentences from its record.
import type { Row } from './api-client.ts';
import { atRest, lookAt } from './progress.ts';

export interface Explanation {
  readonly node: string;
  readonly provision_state: string;
  /** What is the case. */
  readonly is: readonly string[];
  /** What a user may do now, as commands. */
  readonly next: readonly string[];
}

const nextOf: Readonly<Record<string, readonly string[]>> = {
  enroll: ['ingot node manage NODE --watch'],
  manageable: ['ingot node provide NODE --watch'],
  available: ['ingot node deploy NODE --image URL --checksum SUM --watch'],
  active: ['ingot node undeploy NODE --watch'],
  'deploy failed': ['ingot node deploy NODE --watch', 'ingot node undeploy NODE --watch'],
  'clean failed': ['ingot node manage NODE', 'ingot node maintenance NODE off'],
  'inspect failed': ['ingot node manage NODE'],
  'adopt failed': ['ingot node adopt NODE --watch'],
  'rescue failed': ['ingot node rescue NODE --watch', 'ingot node undeploy NODE'],
  'service failed': ['ingot node service NODE --watch', 'ingot node abort NODE'],
  error: ['ingot node rebuild NODE --watch', 'ingot node undeploy NODE --watch'],
};

/** The explanation of a node, at the time `now` (ms). */
export function explainNode(node: Row, validation: Row, events: readonly Row[], now: number): Explanation {
  const look = lookAt(node);
  const name = String(node.name ?? node.uuid);
  const is = [stateLine(name, node, now)];
  if (look.step)
    is.push(`It is at ${look.step.number ? `step ${look.step.number} of ${look.step.of}, ` : ''}${look.step.name}.`);
  if (waits(look.state)) is.push(waitLine(node, now));
  if (look.lastError) is.push(`Last error: ${look.lastError}`);
  if (node.maintenance)
    is.push(`It is in maintenance${node.maintenance_reason ? `: ${node.maintenance_reason}` : ''}.`);
  if (node.fault) is.push(`It has the fault "${node.fault}": the service looks again by itself until it is gone.`);
  if (look.reserved) is.push(`It is locked by ${node.reservation}.`);
  if (look.targetPower) is.push(`Its power is on the way to "${look.targetPower}".`);
  if (look.power === null) is.push('Its power state was never read: its BMC has not answered yet.');
  for (const [face, value] of Object.entries(validation))
    if ((value as Row | null)?.result === false)
      is.push(`Its ${face} interface is not in order: ${(value as Row).reason}`);
  for (const event of events) is.push(`${event.created_at}  ${event.event}`);
  const next = atRest(look) ? (nextOf[look.state] ?? []) : ['ingot node wait NODE'];
  return { node: name, provision_state: look.state, is, next: next.map((line) => line.replace('NODE', name)) };
}

const waits = (state: string): boolean => / wait$|^wait /.test(state);

function stateLine(name: string, node: Row, now: number): string {
  const { provision_state, target_provision_state: target, power_state: power } = node;
  const since = ago(node.provision_updated_at, now);
  const way = target ? `, on the way to ${target}` : '';
  return `Node ${name} is ${provision_state}${since ? ` since ${since}` : ''}${way}; ${power ?? 'power unknown'}.`;
}

function waitLine(node: Row, now: number): string {
  const heard = ago(((node.driver_internal_info ?? {}) as Row).agent_last_heartbeat, now);
  return heard
    ? `It waits for its ramdisk, last heard ${heard} ago.`
    : 'It waits for its ramdisk, which was not heard since the machine was started.';
}

function ago(time: unknown, now: number): string | undefined {
  const at = typeof time === 'string' ? Date.parse(/Z|[+-]\d\d:\d\d$/.test(time) ? time : `${time}Z`) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
