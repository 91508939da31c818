// From the body of PUT states/provision to an order: Ironic's checks in Ironic's order, top to bottom.
import {
  InvalidParameterValue,
  InvalidStateRequested,
  NodeInMaintenance,
  NodeLocked,
  NotAcceptable,
} from '#contract/errors.ts';
import type { PolicyRule, PolicyTarget } from '#contract/policies.ts';
import { type Verb, type VerbArgument, verbOf } from '#contract/verbs.ts';
import { after, eventsFrom } from '#model/provision-states.ts';
import { checkConfigDrive } from './config-drive.ts';
import type { ProvisionArgs } from './orders.ts';
import type { Ask } from './route.ts';
import { runbookArguments } from './runbook-use.ts';
import { nodeTarget } from './sight.ts';
import { checkSteps, type StepForm } from './step-forms.ts';

/** Steps that a user names need a right of their own. */
export function demandProvision(ask: Ask): void {
  const target = nodeTarget(ask.node);
  if (ask.args.clean_steps !== undefined) ask.demand('baremetal:node:set_provision_state:clean_steps', target);
  if (ask.args.service_steps !== undefined) ask.demand('baremetal:node:set_provision_state:service_steps', target);
  demandSteps(ask, ask.args);
}

function demandSteps(ask: Ask, args: Readonly<Record<string, unknown>>): void {
  const target = nodeTarget(ask.node);
  for (const name of stepLists)
    for (const step of Array.isArray(args[name]) ? (args[name] as unknown[]) : []) demandStep(ask, step, target);
}

/** An operator may have rules of their own for single steps; steps without one are everybody's. */
function demandStep(ask: Ask, asked: unknown, target: PolicyTarget): void {
  if (typeof asked !== 'object' || asked === null) return;
  const { interface: face, step } = asked as { interface?: unknown; step?: unknown };
  const rule = `baremetal:step:execute:${String(face)}.${String(step)}`;
  if (ask.authority.enforced?.(rule)) ask.demand(rule as PolicyRule, target);
}

export interface ProvisionOrder {
  readonly event: string;
  readonly args: ProvisionArgs;
}

/** The event and its arguments; throws 400, 406 or (where the node is held) 409. */
export async function readProvision(ask: Ask): Promise<ProvisionOrder> {
  const { node, minor, args } = ask;
  const target = args.target as string | null;
  checkForms(args);
  const verb = target === null ? undefined : verbOf(target);
  if (verb && !verb.late && verb.since > minor)
    throw new NotAcceptable({ what: `The target "${target}"`, since: verb.since });
  if (verb?.refusedInMaintenance && node.maintenance)
    throw new NodeInMaintenance({ op: `"${target}"`, node: node.uuid });
  // compat: a target that is no verb is taken as an event, and refused only when it could not happen now
  const event = verb?.event ?? String(target);
  if (!after(node.provision_state, event)) {
    if (node.reservation) throw new NodeLocked({ node: node.uuid, host: node.reservation });
    throw refusal(ask, target);
  }
  if (args.configdrive) checkConfigDrive(args.configdrive, { target: String(target), verb, minor });
  const asked = await runbookArguments(ask, verb);
  if (args.runbook !== undefined) demandSteps(ask, asked); // a runbook is no way around a right
  checkArguments(ask, verb, asked);
  if (!verb) throw refusal(ask, target);
  checkLateVersions(ask, verb);
  return { event, args: orderArguments(asked) };
}

const refusal = ({ node }: Ask, target: string | null) =>
  new InvalidStateRequested({
    action: String(target),
    node: node.uuid,
    state: node.provision_state,
    can: eventsFrom(node.provision_state),
  });

const stepLists = ['clean_steps', 'deploy_steps', 'service_steps'] as const;
const stepForms: Record<(typeof stepLists)[number], StepForm> = {
  clean_steps: 'asked',
  deploy_steps: 'deploy',
  service_steps: 'asked',
};

function checkForms(args: Readonly<Record<string, unknown>>): void {
  for (const name of stepLists)
    if (args[name] !== undefined && !Array.isArray(args[name]))
      throw new InvalidParameterValue({ why: `${name}: a list of steps is accepted.` });
  const drive = args.configdrive;
  const isObject = typeof drive === 'object' && !Array.isArray(drive);
  if (drive !== undefined && typeof drive !== 'string' && !isObject)
    throw new InvalidParameterValue({ why: 'configdrive: text or an object is accepted.' });
}

/** Which arguments go with which verb, in the order in which they are looked at. */
const checkedArguments = [
  'disable_ramdisk',
  'clean_steps',
  'deploy_steps',
  'rescue_password',
  'service_steps',
] as const;

const isEmpty = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.length === 0) || (typeof value === 'string' && !value.trim());

function checkArguments(ask: Ask, verb: Verb | undefined, asked: Readonly<Record<string, unknown>>): void {
  const target = String(ask.args.target);
  for (const name of checkedArguments) {
    const since = verb?.takes[name];
    const given = name === 'rescue_password' ? asked[name] !== undefined : !isEmpty(asked[name]);
    if (given && since === undefined && asked[name] !== false)
      throw new InvalidParameterValue({ why: `"${name}" does not go with the target "${target}".` });
    if (given && since !== undefined && since > ask.minor)
      throw new NotAcceptable({ what: `"${name}" with the target "${target}"`, since });
    if (given && (stepLists as readonly string[]).includes(name))
      checkSteps(name, asked[name] as unknown[], stepForms[name as (typeof stepLists)[number]]);
  }
  const needed: readonly VerbArgument[] = verb?.needsOneOf ?? [];
  if (needed.length && needed.every((name) => isEmpty(asked[name])))
    throw new InvalidParameterValue({
      why: `The target "${target}" needs ${needed.map((name) => `"${name}"`).join(' or ')}.`,
    });
}

function checkLateVersions({ node, minor, args }: Ask, verb: Verb): void {
  const since = Math.max(verb.sinceIn?.[node.provision_state] ?? 0, verb.late ? verb.since : 0);
  if (since > minor)
    throw new NotAcceptable({ what: `The target "${String(args.target)}" in state "${node.provision_state}"`, since });
}

function orderArguments(asked: Readonly<Record<string, unknown>>): ProvisionArgs {
  const names = ['configdrive', ...checkedArguments] as const;
  return Object.fromEntries(names.filter((name) => !isEmpty(asked[name])).map((name) => [name, asked[name]]));
}
