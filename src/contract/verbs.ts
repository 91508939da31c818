// What PUT /v1/nodes/{node}/states/provision and .../states/power may name as their target.

/** Arguments of the body beside `target`. */
export type VerbArgument =
  | 'configdrive'
  | 'clean_steps'
  | 'deploy_steps'
  | 'service_steps'
  | 'rescue_password'
  | 'disable_ramdisk'
  | 'runbook';

export interface Verb {
  /** The event of the state table that it fires. */
  readonly event: string;
  readonly since: number;
  /** Arguments it takes, with the version from which on. */
  readonly takes: Readonly<Partial<Record<VerbArgument, number>>>;
  readonly needsOneOf?: readonly VerbArgument[];
  /** Checked only after the state table agreed (Ironic's order of checks). */
  readonly late?: true;
  /** From these states the verb came later than `since`. */
  readonly sinceIn?: Readonly<Record<string, number>>;
  /** Refused in maintenance at the door, before the conductor looks. */
  readonly refusedInMaintenance?: true;
}

export const verbs = {
  active: { event: 'deploy', since: 1, takes: { configdrive: 1, deploy_steps: 69 }, refusedInMaintenance: true },
  deploy: { event: 'deploy', since: 73, takes: { deploy_steps: 69 } }, // compat: the alias takes no configdrive
  deleted: { event: 'delete', since: 1, takes: {} },
  undeploy: { event: 'delete', since: 1, takes: {} }, // compat: documented for 1.73, never gated
  rebuild: { event: 'rebuild', since: 1, takes: { configdrive: 35, deploy_steps: 69 }, refusedInMaintenance: true },
  manage: { event: 'manage', since: 4, takes: {} },
  provide: { event: 'provide', since: 4, takes: {} },
  inspect: { event: 'inspect', since: 6, takes: {} },
  abort: { event: 'abort', since: 13, takes: {}, sinceIn: { 'inspect wait': 41, 'wait call-back': 110 } },
  clean: {
    event: 'clean',
    since: 15,
    takes: { clean_steps: 15, disable_ramdisk: 70, runbook: 92 },
    needsOneOf: ['clean_steps', 'runbook'],
  },
  adopt: { event: 'adopt', since: 17, takes: {} },
  rescue: { event: 'rescue', since: 38, takes: { rescue_password: 38 }, needsOneOf: ['rescue_password'] },
  unrescue: { event: 'unrescue', since: 38, takes: {} },
  unhold: { event: 'unhold', since: 85, takes: {}, late: true },
  service: {
    event: 'service',
    since: 87,
    takes: { service_steps: 87, disable_ramdisk: 108, runbook: 92 },
    needsOneOf: ['service_steps', 'runbook'],
    late: true,
  },
} as const satisfies Readonly<Record<string, Verb>>;

export type VerbName = keyof typeof verbs;

/** The verb that `target` names, or undefined. */
export const verbOf = (target: string): Verb | undefined =>
  Object.hasOwn(verbs, target) ? verbs[target as VerbName] : undefined;

/** Power targets with the version from which on, and the power state each leads to. */
export const powerTargets = {
  'power on': { since: 1, leadsTo: 'power on' },
  'power off': { since: 1, leadsTo: 'power off' },
  rebooting: { since: 1, leadsTo: 'power on' },
  'soft rebooting': { since: 27, leadsTo: 'power on' },
  'soft power off': { since: 27, leadsTo: 'power off' },
} as const;

export type PowerTarget = keyof typeof powerTargets;

export const isPowerTarget = (text: string): text is PowerTarget => Object.hasOwn(powerTargets, text);
