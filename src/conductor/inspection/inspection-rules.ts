// The rules of operators, applied to a machine that was inspected: each as a whole or not at all, the highest priority first.
import { readFile } from 'node:fs/promises';
import { explain } from '#base/errors.ts';
import { node as nodeResource } from '#contract/resources/node.ts';
import { inspectionRulesOf } from '#db/inspection-rules.ts';
import { setTraits, traitsOf } from '#db/node-traits.ts';
import { savePort } from '#db/ports.ts';
import type { InspectionRuleRow, PortRow } from '#db/schema.ts';
import type { NodeChanges } from '#drivers/kinds.ts';
import type { Draft, Effect } from '#model/inspection/rules/actions.ts';
import { applyRule, type MaskSecrets, type Rule, type Subject } from '#model/inspection/rules/apply-rule.ts';
import type { Entry } from '#model/inspection/rules/arguments.ts';
import { settable } from '#model/inspection/rules/attributes.ts';
import type { Conductor } from '../conductor.ts';
import { happeningsOf, newInterfaces } from '../node-orders.ts';
import type { HeldTask } from '../task.ts';
import { makeCall } from './api-call.ts';
import { builtInRules } from './built-in-rules.ts';
import type { Found } from './hook.ts';

type Json = Record<string, unknown>;

/** Apply every rule that is for this machine. Throws what a rule says, or what is wrong with it, naming the rule. */
export async function applyRules(task: HeldTask, found: Found): Promise<void> {
  for (const rule of await rulesOf(task.conductor)) {
    task.signal.throwIfAborted();
    await applyOne(task, rule, found);
  }
}

async function rulesOf({ db, config }: Conductor): Promise<Rule[]> {
  const stored = (await inspectionRulesOf(db.read, 'main')).map(ruleOf);
  const builtIn = await builtInRules(config.inspection_rules.built_in_rules);
  return [...stored, ...builtIn].sort((a, b) => b.priority - a.priority);
}

const ruleOf = (row: InspectionRuleRow): Rule => ({
  uuid: row.uuid,
  description: row.description,
  priority: row.priority,
  sensitive: row.sensitive,
  scope: row.scope,
  conditions: row.conditions as unknown as Entry[],
  actions: row.actions as unknown as Entry[],
});

const nameOf = ({ uuid, description, sensitive }: Rule): string =>
  description && !sensitive ? `${uuid} ("${description}")` : uuid;

async function applyOne(task: HeldTask, rule: Rule, found: Found): Promise<void> {
  const masking = task.config.inspection_rules.mask_secrets as MaskSecrets;
  const subject = await subjectOf(task, found);
  const verdict = applyRule(rule, subject, masking);
  const log = task.log.child({ rule: rule.uuid });
  const failed = (at: string, why: string, cause?: unknown) =>
    new Error(
      rule.sensitive
        ? `inspection rule ${nameOf(rule)} failed; what it says is not shown, because the rule is sensitive`
        : `inspection rule ${nameOf(rule)}, ${at}: ${why}`,
      rule.sensitive ? undefined : { cause },
    );
  switch (verdict.is) {
    case 'skipped':
      return log.debug(rule.sensitive ? {} : { because: verdict.because }, 'an inspection rule does not hold');
    case 'failed':
      throw failed(verdict.at, verdict.why);
    case 'applied':
      try {
        for (const effect of verdict.effects) await perform(task, rule, effect);
        await keep(task, found, subject, verdict.draft);
      } catch (error) {
        task.signal.throwIfAborted();
        throw failed('its actions', explain(error), error);
      }
      log.info({}, 'an inspection rule was applied');
  }
}

/** Columns that rules know: the fields of the API that are the row's own. */
const shown = Object.entries(nodeResource.fields)
  .filter(([name, field]) => !('stored' in field) && field.type !== 'time' && name !== 'traits')
  .map(([name]) => name);

async function subjectOf(task: HeldTask, { inventory, plugin_data }: Found): Promise<Subject> {
  const row = task.node as unknown as Json;
  return {
    node: Object.fromEntries(shown.map((name) => [name, row[name] ?? null])),
    ports: task.ports as unknown as Json[],
    traits: await traitsOf(task.conductor.db.read, task.node.uuid),
    inventory,
    plugin_data,
  };
}

const levels = { debug: 'debug', info: 'info', warning: 'warn', error: 'error', critical: 'error' } as const;

async function perform(task: HeldTask, rule: Rule, effect: Effect): Promise<void> {
  if (effect.is === 'log') {
    const said = rule.sensitive ? 'an inspection rule says something that is not shown: it is sensitive' : effect.msg;
    return task.log[levels[effect.level]]({ rule: rule.uuid }, said);
  }
  const { ingot, DEFAULT } = task.config;
  await makeCall(effect.call, {
    allowed: ingot.rule_call_hosts,
    verify: await verifyOf(DEFAULT.webserver_verify_ca),
    clock: task.clock,
    signal: task.signal,
  });
}

async function verifyOf(option: string): Promise<boolean | string> {
  if (/^(true|yes|on|1)$/i.test(option)) return true;
  return /^(false|no|off|0)$/i.test(option) ? false : readFile(option, 'utf8');
}

const changed = (names: readonly string[], before: Json, after: Json): Json =>
  Object.fromEntries(names.filter((name) => after[name] !== before[name]).map((name) => [name, after[name]]));

/** What the rule made of the records, in one transaction. */
async function keep(task: HeldTask, found: Found, before: Subject, after: Draft): Promise<void> {
  const node = changed(settable.node, before.node as Json, after.node as Json) as NodeChanges;
  const traits = after.traits === before.traits ? undefined : after.traits;
  const ports = after.ports.flatMap((port, at) => {
    const changes = changed(settable.port, before.ports[at] as Json, port as Json);
    return Object.keys(changes).length ? [{ uuid: String(port.uuid), changes: changes as Partial<PortRow> }] : [];
  });
  if (Object.keys(node).length || traits || ports.length) {
    const drivers = newInterfaces(task.conductor, task.node, node, node.driver !== undefined);
    const cleared = node.maintenance === false ? { maintenance_reason: null, fault: null } : {};
    const changes = { ...node, ...cleared, ...drivers };
    await task.saveWith(
      changes,
      async (tx) => {
        if (traits) await setTraits(tx, task.node.uuid, traits);
        for (const port of ports) await savePort(tx, port.uuid, port.changes);
      },
      ...(Object.keys(node).length ? happeningsOf(task.node, changes, task.by) : []),
    );
    if (Object.keys(drivers).length) task.forgetDriver();
  }
  found.plugin_data = after.plugin_data as Json;
}
