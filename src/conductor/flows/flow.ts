import type { Move } from '../move.ts';
import type { StepFlowFacts } from '../step-flows.ts';
import type { HeldTask } from '../task.ts';

/** What a request may carry for a flow. */
export interface FlowArgs {
  readonly configdrive?: unknown;
  readonly deploy_steps?: readonly unknown[] | undefined;
  readonly clean_steps?: readonly unknown[] | undefined;
  readonly service_steps?: readonly unknown[] | undefined;
  readonly rescue_password?: string | undefined;
  readonly disable_ramdisk?: boolean | undefined;
}

/**
 * What happens on the way from one stable state to another. Everything a flow needs is in the row, so that it can be gone
 * on with by whoever finds it.
 */
export interface Flow {
  /** Its name in the history. */
  nameOf(task: HeldTask): string;
  /** Under the lock, before the answer: throws what stands against it; gives what is committed with the first move. */
  accept(task: HeldTask, event: string, args: FlowArgs): Promise<Move> | Move;
  /** The work itself, after the answer. Also called after a restart when nothing was begun. */
  begin(task: HeldTask): Promise<void>;
  /** A process died or stopped in the middle of the working state: go on, or fail with a reason. */
  resume(task: HeldTask): Promise<void>;
  /** End it badly: the failed state, `last_error`, and what must be put away. */
  fail(task: HeldTask, error: unknown, how?: { event?: 'fail' | 'abort' }): Promise<void>;
  /** For flows without steps: the ramdisk of a node in this flow was heard. Looks at the state itself; never throws. */
  heard?(task: HeldTask): Promise<void>;
  /** For flows that are plans of steps. */
  readonly steps?: StepFlowFacts;
  /** The plan has run to its end. */
  finish?(task: HeldTask): Promise<void>;
  /** The ramdisk was heard for the first time in this flow: make the plan with its steps and go on. */
  ramdiskBooted?(task: HeldTask): Promise<void>;
}
