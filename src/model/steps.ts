// Steps as data: what a plan of work is made of, and the order in which it is done.

/** What a plan is for. */
export type StepFlow = 'deploy' | 'clean' | 'service' | 'verify';

export interface StepArgument {
  readonly help: string;
  readonly required?: boolean;
}

/** A step as it stands in a node's row and is sent to the ramdisk. */
export interface PlannedStep {
  readonly interface: string;
  readonly step: string;
  readonly priority: number;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly abortable?: boolean;
  readonly requires_ramdisk?: boolean;
  readonly argsinfo?: unknown;
  readonly reboot_requested?: boolean;
  /** Run on the node's children, all or those named by UUID or name, instead of itself. */
  readonly execute_on_child_nodes?: boolean;
  readonly limit_child_node_execution?: readonly string[];
  /** Known from the ramdisk alone: it is the ramdisk that runs it. */
  readonly in_band?: boolean;
}

/** A step as a user names it in a request. */
export interface AskedStep {
  readonly interface: string;
  readonly step: string;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  readonly priority?: number | undefined;
  readonly order?: number | undefined;
  readonly execute_on_child_nodes?: boolean | undefined;
  readonly limit_child_node_execution?: readonly string[] | undefined;
}

/** Which interface goes first among steps of the same priority (reference: hardware.json, interface_step_priority). */
const weights: Record<StepFlow, Readonly<Record<string, number>>> = {
  clean: { vendor: 7, power: 6, management: 5, firmware: 4, deploy: 3, bios: 2, raid: 1 },
  deploy: { vendor: 7, power: 6, management: 5, firmware: 4, deploy: 3, bios: 2, raid: 1 },
  service: { network: 8, vendor: 7, power: 6, management: 5, firmware: 4, deploy: 3, bios: 2, raid: 1 },
  verify: {
    power: 13,
    management: 12,
    firmware: 11,
    inspect: 10,
    deploy: 9,
    boot: 8,
    bios: 7,
    raid: 6,
    vendor: 5,
    network: 4,
    storage: 3,
    console: 2,
    rescue: 1,
  },
};

/** The steps in the order of work: priority, then the interface's weight, both descending; equal ones keep their order. */
export function ordered(flow: StepFlow, steps: readonly PlannedStep[]): PlannedStep[] {
  const weight = (step: PlannedStep) => weights[flow][step.interface] ?? 0;
  return steps.toSorted((a, b) => b.priority - a.priority || weight(b) - weight(a));
}

const key = (step: { interface: string; step: string }) => `${step.interface}.${step.step}`;

/** What `[deploy]erase_*_priority` and `[conductor]clean_step_priority_override` say: name of a step -> its priority. */
export type PriorityOverrides = Readonly<Record<string, number | null | undefined>>;

/**
 * The plan of an automatic flow: every offered step with a priority above 0, in order. `overrides` go by
 * `interface.step`; one with priority 0 is left out. Where two sources offer the same step, the first one is taken.
 */
export function automaticPlan(
  flow: StepFlow,
  offered: readonly PlannedStep[],
  overrides: PriorityOverrides,
): PlannedStep[] {
  const seen = new Map<string, PlannedStep>();
  for (const step of offered) {
    const priority = overrides[key(step)] ?? step.priority;
    if (!seen.has(key(step))) seen.set(key(step), { ...step, priority });
  }
  return ordered(
    flow,
    [...seen.values()].filter((step) => step.priority > 0),
  );
}

/** The answer of a plan: the steps, or the reason why there is none. */
export type Plan = { readonly steps: PlannedStep[] } | { readonly wrong: string };

/**
 * The plan of a deployment: the driver's own steps, with the user's above them (reference: conductor.md D39). A user's
 * step replaces the offered one of the same name; priority 0 removes it; `deploy.deploy` can only be removed.
 * `knowsAll` is false before the ramdisk was heard: a step that nobody knows yet may still turn out to be its own.
 */
export function deployPlan(
  offered: readonly PlannedStep[],
  asked: readonly AskedStep[],
  knowsAll: boolean,
  disallowed: readonly string[] = [],
): Plan {
  const byKey = new Map(offered.map((step) => [key(step), step]));
  const plan = new Map(offered.filter((step) => step.priority > 0).map((step) => [key(step), step]));
  for (const wish of asked) {
    const known = byKey.get(key(wish));
    if (disallowed.includes(key(wish)))
      return { wrong: `step ${key(wish)} is switched off by [api]disallow_deploy_steps` };
    const notItsOwn = wish.execute_on_child_nodes || isReserved(wish.step);
    if (!known && knowsAll && !notItsOwn)
      return { wrong: `neither the driver nor the ramdisk offers a deploy step ${key(wish)}` };
    const priority = wish.priority ?? known?.priority ?? 0;
    if (priority === 0) {
      plan.delete(key(wish));
      continue;
    }
    if (key(wish) === 'deploy.deploy')
      return { wrong: 'step deploy.deploy can be switched off (priority 0), not replaced' };
    const missing = missingArgument(known, wish);
    if (missing) return { wrong: missing };
    plan.set(key(wish), {
      ...(known ?? (notItsOwn ? { requires_ramdisk: false } : { in_band: true })),
      ...strip(wish),
      priority,
    });
  }
  const steps = [...plan.values()].filter((step) => !disallowed.includes(key(step)));
  return { steps: ordered('deploy', steps) };
}

/** The plan of a manual flow: what was asked, in the order given; every step must be offered and its arguments fit. */
export function manualPlan(
  flow: StepFlow,
  offered: readonly PlannedStep[],
  asked: readonly AskedStep[],
  knowsAll: boolean,
  disallowed: readonly string[] = [],
): Plan {
  const byKey = new Map(offered.map((step) => [key(step), step]));
  const steps: PlannedStep[] = [];
  for (const wish of asked) {
    const elsewhere = wish.execute_on_child_nodes === true;
    const known = elsewhere ? undefined : byKey.get(key(wish));
    if (disallowed.includes(key(wish)))
      return { wrong: `step ${key(wish)} is switched off by the operator ([api]disallow_${flow}_steps)` };
    if (!known && knowsAll && !elsewhere && !isReserved(wish.step))
      return { wrong: `neither the driver nor the ramdisk offers a ${flow} step ${key(wish)}` };
    const missing = missingArgument(known, wish);
    if (missing) return { wrong: missing };
    steps.push({
      priority: 0,
      ...(known ?? (elsewhere || isReserved(wish.step) ? { requires_ramdisk: false } : { in_band: true })),
      ...strip(wish),
    });
  }
  return { steps };
}

/** Steps that the house runs itself, in any flow and for any interface (reference: hardware.json, reserved_steps). */
const reserved: ReadonlySet<string> = new Set(['power_on', 'power_off', 'reboot', 'hold', 'wait']);

export const isReserved = (step: string): boolean => reserved.has(step);

type Stripped = Pick<
  PlannedStep,
  'interface' | 'step' | 'args' | 'requires_ramdisk' | 'execute_on_child_nodes' | 'limit_child_node_execution'
>;

function strip(wish: AskedStep): Stripped {
  const { limit_child_node_execution } = wish;
  return {
    interface: wish.interface,
    step: wish.step,
    ...(wish.args && { args: wish.args }),
    // What runs on the children needs no ramdisk on the parent.
    ...(wish.execute_on_child_nodes && { execute_on_child_nodes: true, requires_ramdisk: false }),
    ...(limit_child_node_execution && { limit_child_node_execution }),
  };
}

function missingArgument(known: PlannedStep | undefined, wish: AskedStep): string | undefined {
  const info = known?.argsinfo;
  if (!known || typeof info !== 'object' || info === null) return undefined;
  const given = wish.args ?? {};
  for (const [name, about] of Object.entries(info as Record<string, { required?: boolean } | null>)) {
    if (about?.required && !(name in given)) return `step ${key(wish)} needs the argument "${name}"`;
  }
  for (const name of Object.keys(given)) {
    if (!(name in info))
      return `step ${key(wish)} knows no argument "${name}"; it takes ${Object.keys(info).join(', ') || 'none'}`;
  }
  return undefined;
}
