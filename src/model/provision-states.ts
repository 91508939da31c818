// The provision state machine as data: 30 states, 93 transitions (reference: Ironic's machine at API 1.115).

/**
 * What is true of a state. `stable`: a node rests there by choice; `working`: a conductor is at it; `waiting`: something
 * outside must happen first, and a deadline says until when; `failed` and `held`: an operator's turn.
 */
export interface StateFacts {
  readonly is: 'stable' | 'working' | 'waiting' | 'failed' | 'held';
  /** The state aimed at (target_provision_state) when nothing else was asked for. */
  readonly target?: string;
  /** A field of the node may be changed while a target state is set. */
  readonly updatable?: true;
  readonly deletable?: true;
  /** The ramdisk may look the node up. */
  readonly lookup?: true;
  /** The ramdisk may look the node up when fast track is on. */
  readonly lookupFast?: true;
  /** A working state is cut off when its conductor dies; the flow named here goes on with it. */
  readonly flow?: 'verify' | 'inspect' | 'adopt' | 'deploy' | 'clean' | 'delete' | 'rescue' | 'unrescue' | 'service';
}

export const states = {
  enroll: { is: 'stable', deletable: true, lookupFast: true },
  manageable: { is: 'stable', deletable: true, lookupFast: true },
  available: { is: 'stable', deletable: true, lookupFast: true },
  active: { is: 'stable' },
  error: { is: 'stable', updatable: true },
  rescue: { is: 'stable' },
  verifying: { is: 'working', target: 'manageable', updatable: true, flow: 'verify' },
  deploying: { is: 'working', target: 'active', lookup: true, lookupFast: true, flow: 'deploy' },
  'wait call-back': { is: 'waiting', target: 'active', lookup: true, lookupFast: true, flow: 'deploy' },
  'deploy failed': { is: 'failed', target: 'active', updatable: true },
  'deploy hold': { is: 'held', target: 'active', flow: 'deploy' },
  cleaning: { is: 'working', target: 'available', lookup: true, lookupFast: true, flow: 'clean' },
  'clean wait': { is: 'waiting', target: 'available', lookup: true, lookupFast: true, flow: 'clean' },
  'clean failed': { is: 'failed', target: 'available', updatable: true },
  'clean hold': { is: 'held', target: 'available', flow: 'clean' },
  deleting: { is: 'working', target: 'available', flow: 'delete' },
  inspecting: { is: 'working', target: 'manageable', updatable: true, lookup: true, lookupFast: true, flow: 'inspect' },
  'inspect failed': { is: 'failed', target: 'manageable', updatable: true },
  'inspect wait': {
    is: 'waiting',
    target: 'manageable',
    updatable: true,
    lookup: true,
    lookupFast: true,
    flow: 'inspect',
  },
  adopting: { is: 'working', target: 'active', flow: 'adopt' },
  'adopt failed': { is: 'failed', target: 'active', updatable: true, deletable: true },
  rescuing: { is: 'working', target: 'rescue', lookup: true, lookupFast: true, flow: 'rescue' },
  'rescue wait': { is: 'waiting', target: 'rescue', lookup: true, lookupFast: true, flow: 'rescue' },
  'rescue failed': { is: 'failed', target: 'rescue', updatable: true },
  unrescuing: { is: 'working', target: 'active', flow: 'unrescue' },
  'unrescue failed': { is: 'failed', target: 'active', updatable: true },
  servicing: { is: 'working', target: 'active', lookupFast: true, flow: 'service' },
  'service wait': { is: 'waiting', target: 'active', lookup: true, lookupFast: true, flow: 'service' },
  'service failed': { is: 'failed', target: 'active', updatable: true },
  'service hold': { is: 'held', target: 'active', updatable: true, lookupFast: true, flow: 'service' },
} as const satisfies Record<string, StateFacts>;

export type ProvisionState = keyof typeof states;

// from, on, to
const transitions = [
  ['enroll', 'manage', 'verifying'],
  ['manageable', 'provide', 'cleaning'],
  ['manageable', 'clean', 'cleaning'],
  ['manageable', 'inspect', 'inspecting'],
  ['manageable', 'adopt', 'adopting'],
  ['available', 'deploy', 'deploying'],
  ['available', 'manage', 'manageable'],
  ['active', 'rebuild', 'deploying'],
  ['active', 'delete', 'deleting'],
  ['active', 'rescue', 'rescuing'],
  ['active', 'service', 'servicing'],
  ['error', 'rebuild', 'deploying'],
  ['error', 'delete', 'deleting'],
  ['rescue', 'rescue', 'rescuing'],
  ['rescue', 'delete', 'deleting'],
  ['rescue', 'unrescue', 'unrescuing'],
  ['verifying', 'done', 'manageable'],
  ['verifying', 'fail', 'enroll'],
  ['deploying', 'fail', 'deploy failed'],
  ['deploying', 'wait', 'wait call-back'],
  ['deploying', 'hold', 'deploy hold'],
  ['deploying', 'done', 'active'],
  ['wait call-back', 'hold', 'deploy hold'],
  ['wait call-back', 'resume', 'deploying'],
  ['wait call-back', 'fail', 'deploy failed'],
  ['wait call-back', 'abort', 'deploy failed'],
  ['wait call-back', 'delete', 'deleting'],
  ['deploy failed', 'rebuild', 'deploying'],
  ['deploy failed', 'deploy', 'deploying'],
  ['deploy failed', 'delete', 'deleting'],
  ['deploy hold', 'unhold', 'wait call-back'],
  ['deploy hold', 'abort', 'deploy failed'],
  ['cleaning', 'done', 'available'],
  ['cleaning', 'fail', 'clean failed'],
  ['cleaning', 'wait', 'clean wait'],
  ['cleaning', 'hold', 'clean hold'],
  ['cleaning', 'manage', 'manageable'],
  ['clean wait', 'fail', 'clean failed'],
  ['clean wait', 'abort', 'clean failed'],
  ['clean wait', 'hold', 'clean hold'],
  ['clean wait', 'resume', 'cleaning'],
  ['clean failed', 'manage', 'manageable'],
  ['clean hold', 'abort', 'clean failed'],
  ['clean hold', 'unhold', 'clean wait'],
  ['deleting', 'fail', 'error'],
  ['deleting', 'clean', 'cleaning'],
  ['inspecting', 'done', 'manageable'],
  ['inspecting', 'fail', 'inspect failed'],
  ['inspecting', 'wait', 'inspect wait'],
  ['inspect failed', 'manage', 'manageable'],
  ['inspect failed', 'inspect', 'inspecting'],
  ['inspect wait', 'done', 'manageable'],
  ['inspect wait', 'fail', 'inspect failed'],
  ['inspect wait', 'abort', 'inspect failed'],
  ['inspect wait', 'resume', 'inspecting'],
  ['adopting', 'done', 'active'],
  ['adopting', 'fail', 'adopt failed'],
  ['adopt failed', 'adopt', 'adopting'],
  ['adopt failed', 'manage', 'manageable'],
  ['rescuing', 'done', 'rescue'],
  ['rescuing', 'wait', 'rescue wait'],
  ['rescuing', 'fail', 'rescue failed'],
  ['rescue wait', 'resume', 'rescuing'],
  ['rescue wait', 'fail', 'rescue failed'],
  ['rescue wait', 'abort', 'rescue failed'],
  ['rescue wait', 'delete', 'deleting'],
  ['rescue failed', 'rescue', 'rescuing'],
  ['rescue failed', 'unrescue', 'unrescuing'],
  ['rescue failed', 'delete', 'deleting'],
  ['unrescuing', 'done', 'active'],
  ['unrescuing', 'fail', 'unrescue failed'],
  ['unrescue failed', 'rescue', 'rescuing'],
  ['unrescue failed', 'unrescue', 'unrescuing'],
  ['unrescue failed', 'delete', 'deleting'],
  ['servicing', 'done', 'active'],
  ['servicing', 'fail', 'service failed'],
  ['servicing', 'wait', 'service wait'],
  ['servicing', 'hold', 'service hold'],
  ['service wait', 'hold', 'service hold'],
  ['service wait', 'resume', 'servicing'],
  ['service wait', 'fail', 'service failed'],
  ['service wait', 'abort', 'service failed'],
  ['service wait', 'delete', 'deleting'],
  ['service failed', 'service', 'servicing'],
  ['service failed', 'rescue', 'rescuing'],
  ['service failed', 'wait', 'service wait'],
  ['service failed', 'hold', 'service hold'],
  ['service failed', 'delete', 'deleting'],
  ['service failed', 'abort', 'active'],
  ['service hold', 'service', 'servicing'],
  ['service hold', 'unhold', 'service wait'],
  ['service hold', 'fail', 'service failed'],
  ['service hold', 'abort', 'service failed'],
] as const satisfies readonly (readonly [ProvisionState, string, ProvisionState])[];

const table = new Map<string, ProvisionState>(transitions.map(([from, on, to]) => [`${from}/${on}`, to]));

/** The state that `on` leads to, or undefined where the node may not do that now. */
export function after(from: string, on: string): ProvisionState | undefined {
  return table.get(`${from}/${on}`);
}

/** What may be asked of a node in this state: every event that leads somewhere. */
export function eventsFrom(from: string): string[] {
  return transitions.filter(([f]) => f === from).map(([, on]) => on);
}

/** The facts of a state, or undefined for a name that is none. */
export function factsOf(state: string): StateFacts | undefined {
  return (states as Record<string, StateFacts>)[state];
}

/** All transitions, for docs and tests. */
export const allTransitions: readonly (readonly [string, string, string])[] = transitions;

/** States in which a heartbeat of the ramdisk is heard at all. */
export const heartbeatHeard: ReadonlySet<string> = new Set([
  'wait call-back',
  'clean wait',
  'rescue wait',
  'deploying',
  'cleaning',
  'rescuing',
  'deploy hold',
  'clean hold',
  'servicing',
  'service wait',
  'service hold',
]);

/** The same when fast track is on. */
export const heartbeatHeardFast: ReadonlySet<string> = new Set([
  ...heartbeatHeard,
  'manageable',
  'available',
  'enroll',
]);

/** States in which a heartbeat is only noted. */
export const heartbeatOnlyNoted: ReadonlySet<string> = new Set([
  'enroll',
  'manageable',
  'available',
  'cleaning',
  'deploying',
  'rescuing',
  'deploy hold',
  'clean hold',
  'servicing',
  'service hold',
]);
