// The three flows that are plans of steps, as data: where their plan stands in the row, and what their states are called.
import type { Config } from '#config/schema.ts';
import type { NodeChanges } from '#drivers/kinds.ts';
import type { InternalInfo } from '#model/internal-info.ts';
import type { PlannedStep } from '#model/steps.ts';
import type { HeldTask } from './task.ts';

export type StepFlowName = 'deploy' | 'clean' | 'service';

export interface StepFlowFacts {
  readonly flow: StepFlowName;
  readonly column: 'deploy_step' | 'clean_step' | 'service_step';
  readonly steps: 'deploy_steps' | 'clean_steps' | 'service_steps';
  readonly index: 'deploy_step_index' | 'clean_step_index' | 'service_step_index';
  readonly cached: 'agent_cached_deploy_steps' | 'agent_cached_clean_steps' | 'agent_cached_service_steps';
  readonly working: string;
  readonly waiting: string;
  /** A step may be broken off unless it says otherwise. */
  readonly abortable: boolean;
  readonly timeout: (config: Config) => number;
}

export const stepFlows = {
  deploy: {
    flow: 'deploy',
    column: 'deploy_step',
    steps: 'deploy_steps',
    index: 'deploy_step_index',
    cached: 'agent_cached_deploy_steps',
    working: 'deploying',
    waiting: 'wait call-back',
    abortable: true,
    timeout: (config) => config.conductor.deploy_callback_timeout,
  },
  clean: {
    flow: 'clean',
    column: 'clean_step',
    steps: 'clean_steps',
    index: 'clean_step_index',
    cached: 'agent_cached_clean_steps',
    working: 'cleaning',
    waiting: 'clean wait',
    abortable: false,
    timeout: (config) => config.conductor.clean_callback_timeout,
  },
  service: {
    flow: 'service',
    column: 'service_step',
    steps: 'service_steps',
    index: 'service_step_index',
    cached: 'agent_cached_service_steps',
    working: 'servicing',
    waiting: 'service wait',
    abortable: false,
    timeout: (config) => config.conductor.service_callback_timeout,
  },
} as const satisfies Record<StepFlowName, StepFlowFacts>;

export const planOf = (task: HeldTask, facts: StepFlowFacts): readonly PlannedStep[] | undefined =>
  task.info[facts.steps];

export const indexOf = (task: HeldTask, facts: StepFlowFacts): number => task.info[facts.index] ?? 0;

/** The step flow that a provision state belongs to, or undefined. */
export const stepFlowOf = (state: string): StepFlowFacts | undefined =>
  Object.values(stepFlows).find((f) => f.working === state || f.waiting === state || state === `${f.flow} hold`);

/** What stands in the row while the step at `index` runs; undefined is the end of the plan. */
export function atStep(
  task: HeldTask,
  facts: StepFlowFacts,
  index: number,
  step: PlannedStep,
  notes: { [K in keyof InternalInfo]?: InternalInfo[K] | undefined },
): NodeChanges {
  const { in_band: _ours, ...shown } = step;
  return { [facts.column]: shown, driver_internal_info: task.noted({ [facts.index]: index, ...notes }) };
}
