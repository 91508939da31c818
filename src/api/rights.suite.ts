// Every operation, asked by every persona in every scope, on things of every owner and lessee: run with each way to
// enforce the rules.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '#base/ids.ts';
import type { Authority, PolicyRule } from '#contract/policies.ts';
import {
  asker,
  authorityOf,
  type Machine,
  makeWorld,
  type Owned,
  type Persona,
  personas,
  type Switches,
  type World,
} from './testing/people.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly policy: readonly PolicyRule[];
}

const { endpoints: operations } = JSON.parse(
  readFileSync(new URL('../../test/data/reference/endpoints.json', import.meta.url), 'utf8'),
) as { endpoints: Operation[] };

let world: World;
let authority: Authority;

type Outcome = 'passes' | 'hidden' | 'refused';

/** Not found for this persona: the kinds of things that belong to somebody. */
const hides = /^(Node|Port|Portgroup|VolumeConnector|VolumeTarget|Allocation|Runbook)NotFound$/;

async function outcomeOf(asking: Promise<unknown>): Promise<Outcome> {
  try {
    await asking;
    return 'passes';
  } catch (error) {
    const { name } = error as Error;
    if (name === 'HTTPForbidden') return 'refused';
    return hides.test(name) ? 'hidden' : 'passes';
  }
}

/** One thing that an operation is asked about: how its path is filled, and what rules see of it. */
interface Subject {
  readonly fill: Readonly<Record<string, string>>;
  readonly target: Readonly<Record<string, string | null>>;
  /** Asked one after the other; the first that says no hides it. */
  readonly sees: readonly { rule: PolicyRule; target: Subject['target'] }[];
}

const nodeTarget = ({ owner, lessee }: Machine) => ({ 'node.owner': owner, 'node.lessee': lessee });

function onMachine(param: string, part: keyof Machine, rule: PolicyRule): Subject[] {
  return world.machines.map((machine) => {
    const target = nodeTarget(machine);
    return { fill: { [param]: String(machine[part]) }, target, sees: [{ rule, target }] };
  });
}

function owned(param: string, kind: 'allocation' | 'runbook', things: readonly Owned[]): Subject[] {
  return things.map(({ owner, uuid, public: shared }) => {
    const target = { [`${kind}.owner`]: owner };
    return { fill: { [param]: uuid }, target, sees: shared ? [] : [{ rule: `baremetal:${kind}:get`, target }] };
  });
}

const nobodys: Subject = { fill: {}, target: {}, sees: [] };

function subjectsOf({ path }: Operation): Subject[] {
  if (path.endsWith('/allocation'))
    return onMachine('node_ident', 'node', 'baremetal:node:get').map((subject, n) => {
      const target = { 'allocation.owner': world.allocations[n]!.owner };
      return { ...subject, target, sees: [...subject.sees, { rule: 'baremetal:allocation:get', target }] };
    });
  const first = /\{(\w+)\}/.exec(path)?.[1] ?? '';
  if (path.startsWith('/v1/heartbeat')) return onMachine(first, 'node', 'baremetal:node:ipa_heartbeat');
  if (path === '/v1/nodes/validate' || path.startsWith('/v1/nodes/{'))
    return onMachine('node_ident', 'node', 'baremetal:node:get');
  if (path.startsWith('/v1/ports/{')) return onMachine(first, 'port', 'baremetal:port:get');
  if (path.startsWith('/v1/portgroups/{')) return onMachine(first, 'portgroup', 'baremetal:portgroup:get');
  if (path.startsWith('/v1/volume/connectors/{')) return onMachine(first, 'connector', 'baremetal:volume:get');
  if (path.startsWith('/v1/volume/targets/{')) return onMachine(first, 'target', 'baremetal:volume:get');
  if (path.startsWith('/v1/allocations/{')) return owned(first, 'allocation', world.allocations);
  if (path.startsWith('/v1/runbooks/{')) return owned(first, 'runbook', world.runbooks);
  return [nobodys];
}

const extras: Readonly<Record<string, () => string>> = {
  chassis_uuid: () => world.chassis,
  template_ident: () => world.template,
  rule_uuid: () => world.rule,
  trait: () => 'CUSTOM_X',
  indicator: () => 'led@chassis',
};

const urlOf = ({ path }: Operation, { fill }: Subject): string => {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? extras[name]?.() ?? newUuid());
  return path === '/v1/nodes/validate' ? `${filled}?node=${fill.node_ident}` : filled;
};

const change = [{ op: 'add', path: '/extra/a', value: 'b' }];
const step = { interface: 'deploy', step: 'x', args: {}, order: 1, priority: 1 };
const bodies: Readonly<Record<string, (node?: string) => unknown>> = {
  'PATCH /v1/nodes/{node_ident}': () => [{ op: 'add', path: '/description', value: 'x' }],
  'PATCH /v1/chassis/{chassis_uuid}': () => change,
  'PATCH /v1/ports/{port_ident}': () => change,
  'PATCH /v1/portgroups/{portgroup_ident}': () => change,
  'PATCH /v1/volume/connectors/{uuid}': () => change,
  'PATCH /v1/volume/targets/{uuid}': () => change,
  'PATCH /v1/allocations/{allocation_ident}': () => change,
  'PATCH /v1/runbooks/{runbook_ident}': () => change,
  'PATCH /v1/deploy_templates/{template_ident}': () => change,
  'PATCH /v1/inspection_rules/{rule_uuid}': () => [{ op: 'add', path: '/description', value: 'x' }],
  'POST /v1/nodes': () => ({ driver: 'fake-hardware' }),
  'POST /v1/allocations': () => ({ resource_class: 'x' }),
  'POST /v1/runbooks': () => ({ name: 'CUSTOM_R', steps: [step] }),
  'POST /v1/deploy_templates': () => ({ name: 'CUSTOM_D', steps: [step] }),
  'POST /v1/heartbeat/{node_ident}': () => ({ callback_url: 'http://a', agent_token: 'x' }),
  'PUT /v1/nodes/{node_ident}/states/power': () => ({ target: 'power on' }),
  'PUT /v1/nodes/{node_ident}/states/provision': () => ({ target: 'manage' }),
  'PUT /v1/nodes/{node_ident}/states/boot_mode': () => ({ target: 'uefi' }),
  'PUT /v1/nodes/{node_ident}/states/secure_boot': () => ({ target: true }),
  'PUT /v1/nodes/{node_ident}/states/console': () => ({ enabled: true }),
  'PUT /v1/nodes/{node_ident}/management/boot_device': () => ({ boot_device: 'pxe' }),
  'PUT /v1/nodes/{node_ident}/management/indicators/{indicator}': () => ({ state: 'ON' }),
  'POST /v1/nodes/{node_ident}/vmedia': () => ({ device_type: 'cdrom', image_url: 'http://a' }),
};

const may = (who: Persona, rule: PolicyRule, target = {}): boolean => authority.allows(rule, who.caller, target);

/** What the policies of the reference say of an operation. */
function expected(who: Persona, { method, path, policy }: Operation, { target, sees }: Subject): Outcome {
  if (sees.some((question) => !may(who, question.rule, question.target))) return 'hidden';
  const [listAll, list] = policy;
  if (listAll?.endsWith(':list_all')) {
    const mine = who.caller.project !== undefined && may(who, list!, target);
    return may(who, listAll, target) || mine ? 'passes' : 'refused';
  }
  if (`${method} ${path}` === 'DELETE /v1/nodes/{node_ident}' || `${method} ${path}` === 'POST /v1/nodes')
    return policy.some((rule) => may(who, rule, target) && !(who.scope === 'system' && rule.includes(':create:self')))
      ? 'passes'
      : 'refused';
  if (`${method} ${path}` === 'POST /v1/allocations')
    return may(who, policy[0]!) && (who.caller.project || may(who, policy[1]!)) ? 'passes' : 'refused';
  const [rule] = policy;
  const shared = rule === 'baremetal:runbook:get' && sees.length === 0;
  return !rule || shared || may(who, rule, target) ? 'passes' : 'refused';
}

/** Things that are made on a node are asked for below, with a node each. */
const onNodes = ['POST /v1/ports', 'POST /v1/portgroups', 'POST /v1/volume/connectors', 'POST /v1/volume/targets'];
const single = operations.filter(({ method, path }) => !onNodes.includes(`${method} ${path}`));

const madeOnNodes = [
  ['/v1/ports', 'baremetal:port:create', { address: '52:54:00:ff:ff:ff' }],
  ['/v1/portgroups', 'baremetal:portgroup:create', {}],
  ['/v1/volume/connectors', 'baremetal:volume:create', { type: 'iqn', connector_id: 'z' }],
  ['/v1/volume/targets', 'baremetal:volume:create', { volume_type: 'iscsi', boot_index: 99, volume_id: 'z' }],
] as const;

const paths: readonly (readonly [string, unknown, PolicyRule])[] = [
  ['/instance_info/a', 'b', 'baremetal:node:update_instance_info'],
  ['/instance_name', 'b', 'baremetal:node:update_instance_info'],
  ['/extra/a', 'b', 'baremetal:node:update_extra'],
  ['/driver_info/a', 'b', 'baremetal:node:update:driver_info'],
  ['/properties/a', 'b', 'baremetal:node:update:properties'],
  ['/chassis_uuid', newUuid(), 'baremetal:node:update:chassis_uuid'],
  ['/instance_uuid', newUuid(), 'baremetal:node:update:instance_uuid'],
  ['/lessee', 'x', 'baremetal:node:update:lessee'],
  ['/owner', 'x', 'baremetal:node:update:owner'],
  ['/network_data', {}, 'baremetal:node:update:network_data'],
  ['/conductor_group', 'x', 'baremetal:node:update:conductor_group'],
  ['/name', 'x', 'baremetal:node:update:name'],
  ['/retired', true, 'baremetal:node:update:retired'],
  ['/retired_reason', 'x', 'baremetal:node:update:retired'],
  ['/shard', 'x', 'baremetal:node:update:shard'],
  ['/parent_node', newUuid(), 'baremetal:node:update:parent_node'],
  ['/disable_power_off', true, 'baremetal:node:update:disable_power_off'],
  ['/driver', 'x', 'baremetal:node:update:driver_interfaces'],
  ['/power_interface', 'x', 'baremetal:node:update:driver_interfaces'],
  ['/automated_clean', false, 'baremetal:node:disable_cleaning'],
  ['/protected', true, 'baremetal:node:update'],
  ['/description', 'x', 'baremetal:node:update'],
];

/** The whole matrix, with the built-in rules under these switches. */
export function rightsSuite(switches: Switches): void {
  beforeAll(async () => {
    world = await makeWorld();
    authority = authorityOf(switches);
  });
  afterAll(() => world.db.close());

  test.each(single)('$method $path is for those whom its policies let pass', async (operation) => {
    const ask = asker(world, authority);
    const { method, path } = operation;
    const body = bodies[`${method} ${path}`]?.() ?? (method === 'GET' || method === 'DELETE' ? undefined : {});
    const wrong: string[] = [];
    for (const subject of subjectsOf(operation))
      for (const who of personas) {
        const url = urlOf(operation, subject);
        const outcome = await outcomeOf(ask(who, { method, url, body }));
        const wanted = expected(who, operation, subject);
        if (outcome !== wanted)
          wrong.push(`${who.name} ${url} ${JSON.stringify(subject.target)}: ${outcome}, not ${wanted}`);
      }
    expect(wrong).toEqual([]);
  });

  test.each(madeOnNodes)(
    'POST %s is for those who may on its node; a hidden node is as good as none',
    async (url, rule, more) => {
      const ask = asker(world, authority);
      for (const machine of world.machines)
        for (const who of personas) {
          const sees = may(who, 'baremetal:node:get', nodeTarget(machine));
          const outcome = await outcomeOf(
            ask(who, { method: 'POST', url, body: { ...more, node_uuid: machine.node } }),
          );
          const allowed = may(who, rule, sees ? nodeTarget(machine) : { 'node.owner': null, 'node.lessee': null });
          expect(`${who.name}: ${outcome}`).toBe(`${who.name}: ${allowed ? 'passes' : 'refused'}`);
        }
    },
  );

  test('a patch passes when the rule of each of its paths lets it pass', async () => {
    const ask = asker(world, authority);
    for (const machine of world.machines)
      for (const who of personas) {
        const target = nodeTarget(machine);
        if (!may(who, 'baremetal:node:get', target)) continue;
        const cleaning = (path: string) => path !== '/automated_clean' || may(who, 'baremetal:node:update', target);
        for (const [at, [path, value, rule]] of paths.entries()) {
          const [otherPath, otherValue, otherRule] = paths[(at * 7 + 3) % paths.length]!;
          const body = [
            { op: 'add', path, value },
            { op: 'add', path: otherPath, value: otherValue },
          ];
          const allowed =
            may(who, rule, target) && may(who, otherRule, target) && cleaning(path) && cleaning(otherPath);
          const outcome = await outcomeOf(ask(who, { method: 'PATCH', url: `/v1/nodes/${machine.node}`, body }));
          expect(`${who.name} ${path} ${otherPath}: ${outcome}`).toBe(
            `${who.name} ${path} ${otherPath}: ${allowed ? 'passes' : 'refused'}`,
          );
        }
      }
  });
}
