// The tables of the contract are held to the reference: nothing is missing, nothing differs.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as errors from './errors.ts';
import type { Field, Resource } from './fields.ts';
import { history } from './history.ts';
import { policyRules } from './policy-rules.ts';
import { allocation } from './resources/allocation.ts';
import { biosSetting } from './resources/bios-setting.ts';
import { chassis } from './resources/chassis.ts';
import { conductor } from './resources/conductor.ts';
import { deployTemplate } from './resources/deploy-template.ts';
import { driver } from './resources/driver.ts';
import { firmware } from './resources/firmware.ts';
import { history as historyResource } from './resources/history.ts';
import { inspectionRule } from './resources/inspection-rule.ts';
import { node } from './resources/node.ts';
import { port } from './resources/port.ts';
import { portgroup } from './resources/portgroup.ts';
import { runbook } from './resources/runbook.ts';
import { volumeConnector } from './resources/volume-connector.ts';
import { volumeTarget } from './resources/volume-target.ts';
import { powerTargets, verbs } from './verbs.ts';

const reference = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../test/data/reference/${name}.json`, import.meta.url), 'utf8'));

const resources: readonly Resource[] = [
  allocation,
  biosSetting,
  chassis,
  conductor,
  deployTemplate,
  driver,
  firmware,
  historyResource,
  inspectionRule,
  node,
  port,
  portgroup,
  runbook,
  volumeConnector,
  volumeTarget,
];

interface ReferenceField {
  readonly name: string;
  readonly since: string | null;
  readonly in_reply: boolean;
  readonly creatable: boolean;
  readonly patchable: boolean;
  readonly removable?: boolean;
}

const minorOf = (text: string | null): number | undefined => {
  const minor = /^1\.(\d+)/.exec(text ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
};

/** Where the recordings say otherwise than the reference. */
const recordedOtherwise = new Set([
  'port.node_uuid',
  'portgroup.node_uuid',
  'volume_connector.node_uuid',
  'volume_target.node_uuid',
  'deploy_template.description',
]);

test.each(resources.map((resource) => [resource.name, resource] as const))(
  'every field of %s has its version, and is shown, created and patched as the reference says',
  (name, resource) => {
    const { fields } = reference(`schemas/${name}`) as { fields: ReferenceField[] };
    const wanted = fields.filter(({ name: field }) => !field.includes('.'));
    expect(Object.keys(resource.fields).sort()).toEqual([...new Set(wanted.map((field) => field.name))].sort());
    for (const field of wanted) {
      const own = (resource.fields as Record<string, Field>)[field.name]!;
      const minor = minorOf(field.since);
      if (minor !== undefined) expect(own.since, field.name).toBe(minor);
      expect(own.shown !== false, `${field.name} shown`).toBe(field.in_reply);
      expect(own.create ?? false, `${field.name} created`).toBe(field.creatable);
      const patch = field.patchable ? (field.removable ? 'free' : 'keep') : undefined;
      if (!recordedOtherwise.has(`${name}.${field.name}`)) expect(own.patch, `${field.name} patched`).toBe(patch);
    }
  },
);

test.each(resources.map((resource) => [resource.name, resource] as const))(
  'the list of %s shows the fields that the reference tells, and needs what it needs',
  (name, resource) => {
    const { default_list_fields: listed, required_on_create: required } = reference(`schemas/${name}`);
    const plain = (items: string[]) => items.filter((item) => /^\w+$/.test(item)).sort();
    if (listed === 'all') expect(resource.listed).toBe('all');
    else expect([...resource.listed].sort()).toEqual(plain(listed));
    expect([...resource.required].sort()).toEqual(plain(required));
  },
);

test('each of the 115 versions has a line of history', () => {
  expect(history).toHaveLength(Object.keys(reference('microversions').versions).length);
});

test('every provision verb has its event and version', () => {
  const wanted = reference('states').verbs as Record<string, { event: string; min_microversion: string }>;
  expect(Object.keys(verbs).sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, verb] of Object.entries(wanted)) {
    const own = verbs[name as keyof typeof verbs];
    expect(own.event, name).toBe(verb.event);
    // undeploy is documented for 1.73 and was never gated
    if (name !== 'undeploy') expect(own.since, name).toBe(minorOf(verb.min_microversion));
  }
});

test('every power target has its version and the state it leads to', () => {
  const { targets, final_state: final } = reference('states').power as {
    targets: Record<string, string>;
    final_state: Record<string, string>;
  };
  const own = Object.fromEntries(
    Object.entries(powerTargets).map(([name, { since, leadsTo }]) => [name, [since, leadsTo]]),
  );
  expect(own).toEqual(
    Object.fromEntries(Object.entries(targets).map(([name, since]) => [name, [minorOf(since), final[name]]])),
  );
});

test('every policy rule has its default check', () => {
  const rules = reference('policy').rules as { name: string; check: string }[];
  expect(policyRules).toEqual(Object.fromEntries(rules.map(({ name, check }) => [name, check])));
});

/** Kinds of our own: what the original's web framework says, and the 500 that tells nothing. */
const ownKinds = new Set([
  'RouteNotFound',
  'MethodNotAllowed',
  'MethodNotServed',
  'MethodNotInVersion',
  'NotInVersion',
  'BadUri',
  'UnsupportedVersion',
  'BodyTooLarge',
  'BodyTooDeep',
  'InternalError',
  'ChangedMeanwhile',
]);
/** compat: recorded with another status than the reference tells. */
const recordedStatus = new Set(['PortgroupPhysnetInconsistent']);

test('every kind of error has the status of the reference', () => {
  const byStatus = reference('errors').by_status as Record<string, string[]>;
  const statusOf = new Map(
    Object.entries(byStatus).flatMap(([status, kinds]) => kinds.map((kind) => [kind, Number(status)])),
  );
  for (const { kind, status } of Object.values(errors))
    if (!ownKinds.has(kind) && !recordedStatus.has(kind)) expect([kind, status]).toEqual([kind, statusOf.get(kind)]);
});

test('every kind of error that a client is to blame for is declared', () => {
  const byStatus = reference('errors').by_status as Record<string, string[]>;
  const declared = new Set(Object.values(errors).map(({ kind }) => kind));
  const wanted = Object.entries(byStatus).flatMap(([status, kinds]) => (status === '500' ? [] : kinds));
  const unused = new Set(['InvalidMetricConfig', 'NodeMaintenanceFailure']);
  expect(wanted.filter((kind) => !declared.has(kind) && !unused.has(kind))).toEqual([]);
});
