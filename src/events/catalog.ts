// Everything that the house may tell the world, with a sentence each. A happening is written in the same transaction as
// the change that it means; outlets read it from there, at least once and in order per node.

/** Who asked: the request's id, and the caller where the caller is known. */
export interface By {
  readonly requestId: string;
  readonly user?: string | undefined;
  readonly project?: string | undefined;
}

export interface Happenings {
  /** A node was enrolled. */
  'node.created': { name: string | null; driver: string };
  /** Fields of a node were changed by a request. */
  'node.updated': { fields: readonly string[] };
  /** A node is gone. */
  'node.deleted': { name: string | null };
  /** The provision state moved from one state to another. */
  'state.changed': { from: string; to: string; target: string | null; on: string; error?: string };
  /** A flow of work began: a deployment, a cleaning, a verification. */
  'flow.started': { flow: string };
  /** A flow of work ended, well or not. */
  'flow.ended': { flow: string; ok: boolean; error?: string };
  /** A step of a plan was begun; `index` counts from 0 of `of`. */
  'step.started': { flow: string; interface: string; step: string; index: number; of: number };
  /** A step of a plan ended. */
  'step.ended': {
    flow: string;
    interface: string;
    step: string;
    index: number;
    of: number;
    ok: boolean;
    error?: string;
  };
  /** A power action that was asked for succeeded, and the machine confirmed it. */
  'power.changed': { instance: string | null; from: string | null; to: 'power on' | 'power off'; target: string };
  /** The machine told another power state than the record; the record was mended. */
  'power.corrected': { instance: string | null; from: string | null; to: string | null };
  /** A power action failed; the record says why. */
  'power.failed': { target: string; error: string };
  /** Maintenance was switched, by an operator or by a fault. */
  'maintenance.changed': { on: boolean; reason: string | null; fault: string | null };
  /** Something that belongs in the node's history and changes nothing else. */
  'node.noted': { event: string; event_type: string; severity: 'INFO' | 'ERROR' };
  /** The ramdisk of a machine was heard for the first time since it booted. */
  'agent.arrived': { url: string; version: string | null };
}

export type HappeningKind = keyof Happenings;

/** One happening, as it goes into the outbox: its kind, the node, who caused it, and the kind's own facts. */
export type Happening = {
  [K in HappeningKind]: { readonly kind: K; readonly node: string; readonly by?: By | undefined } & Readonly<
    Happenings[K]
  >;
}[HappeningKind];
