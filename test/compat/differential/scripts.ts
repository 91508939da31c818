// The scripts by name: one file of requests each, sent to an empty service.
import { chassis } from '#contract/resources/chassis.ts';
import { deployTemplate } from '#contract/resources/deploy-template.ts';
import { inspectionRule } from '#contract/resources/inspection-rule.ts';
import { port } from '#contract/resources/port.ts';
import { portgroup } from '#contract/resources/portgroup.ts';
import { runbook } from '#contract/resources/runbook.ts';
import { volumeConnector } from '#contract/resources/volume-connector.ts';
import { volumeTarget } from '#contract/resources/volume-target.ts';
import { allocations } from './allocations.ts';
import { drivers } from './drivers.ts';
import { headers } from './headers.ts';
import { nodeFields, nodeLists } from './nodes.ts';
import { provisioning } from './provisioning.ts';
import { rest } from './rest.ts';
import { Script } from './script.ts';
import { states } from './states.ts';
import { createOddly, listOddly, patchOddly, showOddly, type Thing } from './things.ts';

type Write = (s: Script) => void;

/** Some of a kind that hangs on a node, asked for in every way. */
const ofKind =
  (make: (s: Script, node: () => string) => Thing, o: { name?: string; few?: number } = {}): Write =>
  (s) => {
    const node = s.uuid();
    s.ask('POST', '/v1/nodes', { uuid: node, driver: 'fake-hardware', name: 'host' });
    const thing = make(s, () => node);
    const path = `/v1/${thing.resource.path}`;
    s.ask('PUT', `/v1/nodes/${node}/states/power`, { target: 'power off' });
    const uuids: string[] = [];
    for (let n = 0; n < 4; n++) {
      const uuid = s.uuid();
      uuids.push(uuid);
      s.ask('POST', path, { ...thing.fresh(), uuid }, { ...(n === 0 && { settle: node }) });
    }
    listOddly(s, thing, uuids);
    s.ask('POST', path, { ...thing.fresh(), uuid: uuids[0] });
    patchOddly(s, thing, uuids[1]!);
    showOddly(s, thing, uuids[2]!, o.name);
    createOddly(s, thing);
  };

const step = { interface: 'bios', step: 'factory_reset', args: {}, priority: 5 };
const bookStep = { interface: 'bios', step: 'factory_reset', args: {}, order: 1 };

let counted = 0;
const next = (prefix: string): string => `${prefix}${++counted}`;

export const scripts: Readonly<Record<string, Write>> = {
  headers,
  chassis: ofKind((s) => ({
    resource: chassis,
    fresh: () => ({ uuid: s.uuid(), description: 'a rack' }),
    good: { description: 'good', extra: { a: 1 } },
  })),
  ports: ofKind((s, node) => ({
    resource: port,
    fresh: () => ({ uuid: s.uuid(), node_uuid: node(), address: s.mac() }),
    good: {
      address: '52:54:00:ff:00:01',
      node_uuid: node(),
      extra: { a: 1 },
      pxe_enabled: true,
      name: 'a-port',
      is_smartnic: false,
      available_for_dynamic_portgroup: true,
    },
  })),
  portgroups: ofKind((s, node) => ({
    resource: portgroup,
    fresh: () => ({ uuid: s.uuid(), node_uuid: node(), address: s.mac(), name: next('group-') }),
    good: {
      address: '52:54:00:ff:00:02',
      node_uuid: node(),
      mode: 'balance-rr',
      extra: { a: 1 },
      properties: { a: 1 },
    },
  })),
  volume_connectors: ofKind((s, node) => ({
    resource: volumeConnector,
    fresh: () => ({ uuid: s.uuid(), node_uuid: node(), type: 'iqn', connector_id: next('iqn.2026-11.org.example:') }),
    good: { type: 'wwnn', connector_id: 'good-one', node_uuid: node(), extra: { a: 1 } },
  })),
  volume_targets: ofKind((s, node) => ({
    resource: volumeTarget,
    fresh: () => ({
      uuid: s.uuid(),
      node_uuid: node(),
      volume_type: 'iscsi',
      boot_index: ++counted + 100,
      volume_id: 'v',
    }),
    good: { volume_type: 'fibre_channel', boot_index: 7, volume_id: 'w', node_uuid: node(), extra: { a: 1 } },
  })),
  deploy_templates: ofKind((s) => ({
    resource: deployTemplate,
    fresh: () => ({ uuid: s.uuid(), name: next('CUSTOM_T'), steps: [step] }),
    good: { name: 'CUSTOM_GOOD', steps: [{ ...step, priority: 9 }], extra: { a: 1 }, description: 'good' },
  })),
  runbooks: ofKind((s) => ({
    resource: runbook,
    fresh: () => ({ uuid: s.uuid(), name: next('CUSTOM_R'), steps: [bookStep] }),
    good: {
      name: 'CUSTOM_GOOD',
      steps: [{ ...bookStep, order: 2 }],
      extra: { a: 1 },
      public: false,
      owner: 'me',
      disable_ramdisk: false,
    },
  })),
  inspection_rules: ofKind((s) => ({
    resource: inspectionRule,
    fresh: () => ({ uuid: s.uuid(), actions: [{ op: 'set-attribute', args: ['/extra/a', 'b'] }] }),
    good: {
      actions: [{ op: 'log', args: { msg: 'hello' } }],
      conditions: [{ op: 'is-true', args: { value: 'true' } }],
      priority: 3,
      phase: 'main',
      sensitive: false,
    },
  })),
  allocations,
  drivers,
  node_fields: nodeFields,
  node_lists: nodeLists,
  states,
  provisioning,
  rest,
};

export function scriptOf(name: string): Script {
  counted = 0;
  const script = new Script(name);
  scripts[name]!(script);
  return script;
}
