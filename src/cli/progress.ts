// How far a node has come, judged from its record alone.
import type { Row } from './api-client.ts';

/** What is looked at while somebody watches. */
export const watchedFields = [
  'uuid',
  'name',
  'provision_state',
  'target_provision_state',
  'power_state',
  'target_power_state',
  'reservation',
  'last_error',
  'maintenance',
  'deploy_step',
  'clean_step',
  'service_step',
  'driver_internal_info',
] as const;

interface StepSeen {
  /** `interface.step` */
  readonly name: string;
  /** From 1; absent where the plan is not known. */
  readonly number?: number;
  readonly of?: number;
}

export interface Look {
  readonly state: string;
  readonly target: string | null;
  readonly power: string | null;
  readonly targetPower: string | null;
  readonly step: StepSeen | undefined;
  readonly lastError: string | null;
  readonly reserved: boolean;
}

const flows = {
  deploy: /^(deploying|wait call-back|deploy hold)$/,
  clean: /^clean(ing| wait| hold)$/,
  service: /^servic(ing|e wait|e hold)$/,
};

/** A node's record as somebody who watches sees it. */
export function lookAt(node: Row): Look {
  const text = (key: string) => (typeof node[key] === 'string' && node[key] !== '' ? node[key] : null);
  const state = text('provision_state') ?? 'enroll';
  return {
    state,
    target: text('target_provision_state'),
    power: text('power_state'),
    targetPower: text('target_power_state'),
    step: stepOf(node, state),
    lastError: text('last_error'),
    reserved: text('reservation') !== null,
  };
}

function stepOf(node: Row, state: string): StepSeen | undefined {
  const flow = (Object.keys(flows) as (keyof typeof flows)[]).find((name) => flows[name].test(state));
  if (!flow) return undefined;
  const info = (node.driver_internal_info ?? {}) as Row;
  const plan = info[`${flow}_steps`];
  const index = info[`${flow}_step_index`];
  const step = node[`${flow}_step`] as { interface?: string; step?: string } | null | undefined;
  const planned = Array.isArray(plan) && typeof index === 'number' ? (plan[index] as typeof step) : undefined;
  const named = step?.step ? step : planned;
  if (!named?.step) return undefined;
  // Past its last step a plan is being put away; the display stays at that step.
  const known =
    Array.isArray(plan) && plan.length > 0 && typeof index === 'number'
      ? { number: Math.min(Math.max(index + 1, 1), plan.length), of: plan.length }
      : {};
  return { name: `${named.interface ?? '?'}.${named.step}`, ...known };
}

/** Where in the whole way a state stands: from and to, in per cent. */
const spans: Readonly<Record<string, readonly [number, number]>> = {
  verifying: [20, 100],
  deploying: [4, 99],
  'wait call-back': [4, 99],
  cleaning: [4, 99],
  'clean wait': [4, 99],
  servicing: [4, 99],
  'service wait': [4, 99],
  deleting: [4, 20],
  inspecting: [20, 90],
  'inspect wait': [40, 90],
};
const afterDeleting: readonly [number, number] = [20, 99];

/** Per cent of the way; cleaning that follows a deletion is its second part. */
export function percentOf(look: Look, verb?: string): number {
  // One that failed stays where it came to: the display never goes back.
  if (atRest(look)) return /failed|hold|error/.test(look.state) ? 0 : 100;
  const [from, to] =
    verb === 'deleted' && look.state.startsWith('clean') ? afterDeleting : (spans[look.state] ?? [10, 90]);
  const { number, of } = look.step ?? {};
  if (!number || !of) return from;
  // A step that waits has begun; nobody says how far it is.
  const within = / wait|wait /.test(look.state) ? 0.5 : 0.2;
  return Math.floor(from + ((to - from) * (number - 1 + within)) / of);
}

/** Nothing goes on with the node by itself. */
export function atRest({ state, target }: Look): boolean {
  return target === null || / (failed|hold)$|^error$/.test(state);
}

/** One line of progress for a terminal without colours. */
export function lineOf(name: string, look: Look, percent: number, seconds: number, width: number): string {
  const { step } = look;
  const count = step?.number ? `step ${step.number}/${step.of} ` : '';
  const parts = [
    name,
    look.state.padEnd(14),
    `${bar(percent)} ${String(percent).padStart(3)} %`,
    `${seconds.toFixed(1).padStart(5)} s`,
    step ? `${count}${step.name}` : '',
  ];
  return parts
    .join('  ')
    .trimEnd()
    .slice(0, Math.max(width - 1, 20));
}

function bar(percent: number): string {
  const full = Math.round(Math.min(100, Math.max(0, percent)) / 5);
  return `[${'#'.repeat(full)}${'.'.repeat(20 - full)}]`;
}
