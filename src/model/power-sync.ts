// What is to be done about a machine's power after a look at it. (reference: conductor.md C27-31)
import type { Power } from './power.ts';

/** What a look at the machine showed; `error` and `unreachable` alike mean that nobody knows. */
export type Seen = Power | null | 'error' | 'unreachable';

export interface Sighting {
  readonly recorded: string | null;
  readonly seen: Seen;
  /** Looks in a row, before this one, that failed or found the machine other than recorded. */
  readonly misses: number;
  readonly maxMisses: number;
  /** The machine shall follow the record: the option says so, its driver can, and nothing forbids it. */
  readonly force: boolean;
}

/**
 * agree: nothing to do · wait: a look failed, another one follows · learn: nothing was recorded, take what was seen ·
 * record: mend the record · force: mend the machine · give up: maintenance, until the machine answers again.
 */
export type Verdict = 'agree' | 'wait' | 'learn' | 'record' | 'force' | 'give up';

export function judge({ recorded, seen, misses, maxMisses, force }: Sighting): Verdict {
  const tooOften = misses + 1 > maxMisses;
  if (seen === 'unreachable' || seen === 'error') return tooOften ? 'give up' : 'wait';
  if (seen === recorded) return 'agree';
  if (recorded === null) return 'learn';
  if (tooOften) return 'give up';
  return force && (recorded === 'power on' || recorded === 'power off') ? 'force' : 'record';
}

/** How many misses there are after a verdict: a machine that is forced or mended again and again is given up too. */
export const missesAfter = (verdict: Verdict, misses: number): number =>
  verdict === 'agree' || verdict === 'learn' ? 0 : misses + 1;

/** What of a node decides whether its power is looked at. */
export interface Candidate {
  readonly provision_state: string;
  readonly maintenance: boolean;
  readonly target_power_state: string | null;
  readonly driver_internal_info: Readonly<Record<string, unknown>>;
}

/** In these states somebody else powers the machine, or nobody has said yet that it is ours. */
export const notSynced = ['wait call-back', 'clean wait', 'enroll', 'adopt failed'];

/** Why the power of a node is not looked at now, whoever holds it; undefined: it is. */
export function leftAlone(node: Candidate): string | undefined {
  if (node.maintenance) return 'maintenance';
  if (notSynced.includes(node.provision_state)) return `state ${node.provision_state}`;
  if (node.target_power_state !== null) return 'a power action is under way';
  if (node.driver_internal_info.redfish_fw_updates !== undefined) return 'its firmware is being updated';
  return undefined;
}

/** Why a node that was given up is not looked at; undefined: it is, and comes back when its BMC answers. */
export function notRecovering(node: Candidate & { readonly fault: string | null }): string | undefined {
  if (!node.maintenance || node.fault !== powerFailure) return 'not in maintenance for a power failure';
  if (node.provision_state === 'enroll') return 'state enroll';
  return node.target_power_state === null ? undefined : 'a power action is under way';
}

/** The fault that power sync sets, and that recovery lifts. */
export const powerFailure = 'power failure';
