// Every persona in every scope, and things that belong to their projects: for tests of who may do what.
import { systemClock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import { newUuid } from '#base/ids.ts';
import { silent } from '#base/log.ts';
import type { Authority, Caller } from '#contract/policies.ts';
import { formerPolicies } from '#contract/policy-history.ts';
import { policyRules } from '#contract/policy-rules.ts';
import { createAllocation } from '#db/allocations.ts';
import { createChassis } from '#db/chassis.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { createDeployTemplate } from '#db/deploy-templates.ts';
import { createInspectionRule } from '#db/inspection-rules.ts';
import { addHistory } from '#db/node-history.ts';
import { saveInventory } from '#db/node-inventory.ts';
import { createNode } from '#db/nodes.ts';
import { createPortgroup } from '#db/portgroups.ts';
import { createPort } from '#db/ports.ts';
import { createRunbook } from '#db/runbooks.ts';
import { createVolumeConnector } from '#db/volume-connectors.ts';
import { createVolumeTarget } from '#db/volume-targets.ts';
import { makeAuthority } from '#model/policy/authority.ts';
import { makeRuleSet } from '#model/policy/rule-set.ts';
import { answer } from '../door.ts';
import { KeptPages } from '../kept-pages.ts';
import { KeptStamps } from '../kept-stamps.ts';
import { KeptTexts } from '../kept-texts.ts';
import type { Orders } from '../orders.ts';
import type { House } from '../route.ts';
import { makeRouter } from '../router.ts';
import { allRoutes } from '../routes.ts';
import { defaultSettings } from '../settings.ts';
import { Sharing } from '../sharing.ts';

const rolesOf = {
  admin: ['admin', 'manager', 'member', 'reader'],
  manager: ['manager', 'member', 'reader'],
  member: ['member', 'reader'],
  reader: ['reader'],
  service: ['service'],
  nobody: [],
  /** Of before secure RBAC, in the projects `demo` and `baremetal`. */
  baremetal_admin: ['baremetal_admin'],
  baremetal_observer: ['baremetal_observer'],
} as const;

const scopes = {
  system: { systemScope: true },
  owner: { project: 'project-owner' },
  lessee: { project: 'project-lessee' },
  other: { project: 'project-other' },
  demo: { project: 'project-demo', projectName: 'demo' },
  services: { project: 'project-services', projectName: 'service' },
  domain: { domain: { id: 'domain' } },
  unscoped: {},
} as const;

type Role = keyof typeof rolesOf;
type Scope = keyof typeof scopes;

export interface Persona {
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly caller: Caller;
}

const usual: readonly Role[] = ['admin', 'manager', 'member', 'reader', 'service', 'nobody'];
/** Which roles are tried in scopes that own nothing. */
const few: readonly Role[] = ['admin', 'service', 'nobody'];
const rolesIn: Readonly<Record<Scope, readonly Role[]>> = {
  system: usual,
  owner: usual,
  lessee: usual,
  other: few,
  demo: ['admin', 'baremetal_admin', 'baremetal_observer'],
  services: ['admin', 'service'],
  domain: few,
  unscoped: few,
};

export const personas: readonly Persona[] = (Object.keys(scopes) as Scope[]).flatMap((scope) =>
  rolesIn[scope].map((role) => ({
    name: `${scope}-${role}`,
    role,
    scope,
    caller: { requestId: 'req-test', user: 'user', roles: rolesOf[role], ...scopes[scope] },
  })),
);

export const persona = (name: string): Persona => personas.find((p) => p.name === name)!;

export interface Switches {
  readonly enforceScope?: boolean;
  readonly newDefaultsOnly?: boolean;
  /** The project whose services count as the system's ([DEFAULT]rbac_service_role_elevated_access). */
  readonly serviceProject?: string;
  readonly overrides?: Readonly<Record<string, string>>;
}

/** The built-in rules under these switches of [oslo_policy], with what a policy file replaces. */
export function authorityOf(switches: Switches): Authority {
  const { enforceScope = true, newDefaultsOnly = true, overrides = {}, serviceProject } = switches;
  const parts = { defaults: policyRules, former: formerPolicies, overrides, defaultRule: 'default', newDefaultsOnly };
  const set = makeRuleSet(parts);
  return makeAuthority({ rules: () => set, enforceScope, ...(serviceProject && { serviceProject }) });
}

export const builtIn = authorityOf({});

/** A node with one of everything on it. */
export interface Machine {
  readonly owner: string | null;
  readonly lessee: string | null;
  readonly node: string;
  readonly port: string;
  readonly portgroup: string;
  readonly connector: string;
  readonly target: string;
}

export interface Owned {
  readonly owner: string | null;
  readonly uuid: string;
  readonly public?: boolean;
}

export interface World {
  readonly db: Db;
  readonly machines: readonly Machine[];
  /** Of the third machine. */
  readonly children: readonly Pick<Machine, 'owner' | 'lessee' | 'node'>[];
  readonly allocations: readonly Owned[];
  readonly runbooks: readonly Owned[];
  readonly chassis: string;
  readonly template: string;
  readonly rule: string;
}

const pairs = [
  [null, null],
  ['project-owner', null],
  ['project-owner', 'project-lessee'],
  ['project-strange', 'project-lessee'],
  ['project-lessee', 'project-strange'],
] as const;
const owners = [null, 'project-owner', 'project-lessee', 'project-strange'];

/** Nodes of every owner and lessee with their ports, port groups and volumes; allocations and runbooks of every owner. */
export async function makeWorld(given?: Db): Promise<World> {
  const db = given ?? (await openDb({ url: 'sqlite://:memory:', log: silent, clock: systemClock }));
  const machines: Machine[] = [];
  const children: Pick<Machine, 'owner' | 'lessee' | 'node'>[] = [];
  const allocations: Owned[] = [];
  const runbooks: Owned[] = [];
  const things = { chassis: newUuid(), template: newUuid(), rule: newUuid() };
  await db.write(async (tx) => {
    for (const [owner, lessee] of pairs) {
      const n = machines.length;
      const mac = (kind: number) => `52:54:00:00:0${kind}:0${n}`;
      const on = { node_uuid: newUuid() };
      const allocation_uuid = newUuid();
      const facts = { last_error: 'broken', driver_info: { address: 'secret place' }, extra: { n } };
      const work = { provision_state: 'enroll', power_state: 'power off', maintenance: n % 2 === 0 } as const;
      await createAllocation(tx, {
        uuid: allocation_uuid,
        resource_class: 'x',
        state: n % 2 ? 'active' : 'allocating',
        traits: [],
        candidate_nodes: [],
        owner: n % 2 ? owner : lessee,
      } as never);
      await createNode(tx, {
        uuid: on.node_uuid,
        name: `node-${n}`,
        driver: 'fake-hardware',
        owner,
        lessee,
        shard: `s${n % 2}`,
        allocation_uuid,
        ...facts,
        ...work,
      } as never);
      allocations.push({ owner: n % 2 ? owner : lessee, uuid: allocation_uuid });
      const portgroup = await createPortgroup(tx, { uuid: newUuid(), ...on, address: mac(2), mode: 'x' } as never);
      const port = await createPort(tx, { uuid: newUuid(), ...on, address: mac(1), portgroup_uuid: portgroup.uuid });
      const connector = await createVolumeConnector(tx, { ...on, type: 'iqn', connector_id: `c${n}` } as never);
      const volume = { ...on, volume_type: 'iscsi', boot_index: n, volume_id: `v${n}`, properties: { iqn: 'x' } };
      const target = await createVolumeTarget(tx, volume as never);
      const uuids = { port: port.uuid, portgroup: portgroup.uuid, connector: connector.uuid, target: target.uuid };
      for (const event of ['began', 'ended']) await addHistory(tx, { ...on, severity: 'INFO', event });
      await saveInventory(tx, on.node_uuid, { n }, {});
      machines.push({ owner, lessee, node: on.node_uuid, ...uuids });
    }
    for (const [owner, lessee] of pairs) {
      const uuid = newUuid();
      const parent_node = machines[2]!.node;
      const work = { provision_state: 'enroll', power_state: 'power off' } as const;
      await createNode(tx, { uuid, driver: 'fake-hardware', owner, lessee, parent_node, ...work } as never);
      children.push({ owner, lessee, node: uuid });
    }
    for (const owner of owners) {
      for (const shared of [false, true]) {
        const uuid = newUuid();
        const steps = [{ interface: 'deploy', step: 'x', args: {}, order: 1 }];
        const name = `CUSTOM_${owner?.replace('-', '_').toUpperCase() ?? 'NONE'}_${shared}`;
        await createRunbook(tx, { uuid, name, steps, public: shared, owner: shared ? null : owner } as never);
        runbooks.push({ owner: shared ? null : owner, uuid, public: shared });
      }
    }
    await createChassis(tx, { uuid: things.chassis });
    await createDeployTemplate(tx, { uuid: things.template, name: 'CUSTOM_T', steps: [] });
    await createInspectionRule(tx, { uuid: things.rule, actions: [], scope: null, description: null });
  });
  return { db, machines, children, allocations, runbooks, ...things };
}

/** The handler was reached and would have begun its work. */
export const Reached = defineError('Reached', 418, () => 'reached');

const reached = (): never => {
  throw new Reached({});
};
const noOrders = new Proxy({} as Orders, {
  get: (_, name) => (name === 'conductorOf' ? () => null : name === 'drivers' ? async () => [] : reached),
});

const router = makeRouter(allRoutes);

export interface Question {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

/** Ask as somebody; nothing is ever written: a request that would is Reached. Resolves with the body, or rejects. */
export function asker(world: World, authority: Authority = builtIn) {
  const house: House = {
    db: { ...world.db, read: world.db.read, write: async () => reached() } as Db,
    orders: noOrders,
    authority,
    clock: systemClock,
    log: silent,
    settings: defaultSettings,
    newId: newUuid,
    texts: new KeptTexts(),
    pages: { kept: new KeptPages(), sharing: new Sharing() },
    stamps: new KeptStamps(),
  };
  const { signal } = new AbortController();
  const presence = { check() {}, signal };
  return async ({ caller }: Pick<Persona, 'caller'>, { method, url, body }: Question): Promise<unknown> => {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const knock = { method, url, minor: 115, caller, base: 'http://here', contentType: 'application/json' };
    const reply = await answer(house, router, { ...knock, presence, body: async () => bytes });
    const text = reply.page ? Buffer.concat(reply.page.parts).toString() : (reply.ascii ?? reply.json);
    return reply.type ? reply.json : text === undefined ? reply.body : JSON.parse(text);
  };
}
