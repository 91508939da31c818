// Verbs and their arguments, through the whole life of a node.
import { oddValues } from './odd-values.ts';
import type { Script } from './script.ts';

export function provisioning(s: Script): void {
  const node = s.uuid();
  const path = `/v1/nodes/${node}`;
  const step = { interface: 'bios', step: 'factory_reset', args: {} };
  s.ask('POST', '/v1/nodes', { uuid: node, driver: 'fake-hardware', name: 'host' });
  s.ask('POST', '/v1/runbooks', { uuid: s.uuid(), name: 'CUSTOM_BOOK', steps: [{ ...step, order: 1 }] });
  s.ask('POST', '/v1/deploy_templates', { uuid: s.uuid(), name: 'CUSTOM_TPL', steps: [{ ...step, priority: 10 }] });
  for (const [key, targets] of Object.entries(takes))
    for (const target of targets)
      for (const value of values(key)) {
        s.ask('GET', `${path}?fields=provision_state`, undefined, {
          settle: node,
          before: [force(node, home[target]!)],
        });
        s.ask('PUT', `${path}/states/provision`, { target, ...needed[target], [key]: value });
        s.ask('GET', `${path}?fields=${told}`, undefined, { settle: node });
      }
}

const told = 'provision_state,target_provision_state,last_error,maintenance,fault,instance_info,clean_step,raid_config';

const force = (node: string, provision_state: string) => ({
  force: {
    node,
    set: {
      provision_state,
      target_provision_state: null,
      maintenance: 0,
      last_error: null,
      instance_info: '{}',
      fault: null,
      power_state: 'power off',
    },
  },
});

const home: Readonly<Record<string, string>> = {
  active: 'available',
  rebuild: 'active',
  clean: 'manageable',
  service: 'active',
  rescue: 'active',
  inspect: 'manageable',
  deploy: 'available',
  manage: 'enroll',
  deleted: 'active',
}; // prettier-ignore
const needed: Readonly<Record<string, object>> = {
  clean: { clean_steps: [{ interface: 'bios', step: 'factory_reset' }] },
  service: { service_steps: [{ interface: 'bios', step: 'factory_reset' }] },
  rescue: { rescue_password: 'pw' },
};
const takes: Readonly<Record<string, readonly string[]>> = {
  configdrive: ['active', 'rebuild', 'clean', 'deploy'],
  clean_steps: ['clean', 'manage', 'active'],
  service_steps: ['service', 'clean'],
  deploy_steps: ['active', 'rebuild', 'clean'],
  rescue_password: ['rescue', 'active'],
  disable_ramdisk: ['clean', 'service', 'active'],
  runbook: ['clean', 'service', 'active'],
  bogus: ['clean', 'active'],
}; // prettier-ignore

const step = (more: object) => ({ interface: 'bios', step: 'factory_reset', ...more });
const lists: readonly unknown[] = [
  [step({})],
  [step({ args: {} })],
  [step({ args: null })],
  [step({ args: [] })],
  [step({ args: { x: 1 } })],
  [step({ priority: 1 })],
  [step({ priority: 'x' })],
  [step({ priority: '5' })],
  [step({ priority: -1 })],
  [step({ priority: 0 })],
  [step({ bogus: 1 })],
  [step({ interface: 'nope' })],
  [step({ interface: 'BIOS' })],
  [step({ step: '' })],
  [step({ step: 'nope' })],
  [step({ step: null })],
  [{ interface: 'bios' }],
  [{ step: 'factory_reset' }],
  [step({}), step({})],
  [step({ priority: 1, args: {} })],
  [step({ priority: 1, args: {} }), step({ priority: 2, args: {} })],
  [step({ order: 1 })],
  [step({ execute_on_child_nodes: true })],
  [step({ execute_on_child_nodes: 'yes' })],
  [step({ limit_child_node_execution: ['x'] })],
  [{ step: 'hold' }],
  [{ step: 'wait' }],
  [{ step: 'wait', args: { time: 1 } }],
  [{ step: 'power_on' }],
  [{ step: 'power_off' }],
  [{ step: 'reboot' }],
  [{ step: 'hold', interface: 'power' }],
  [{ step: 'power_on', args: { x: 1 } }],
  [{ interface: 'bios', step: 'apply_configuration', args: { settings: [{ name: 'a', value: 'b' }] } }],
  [{ interface: 'bios', step: 'apply_configuration', args: {} }],
  [{ interface: 'bios', step: 'apply_configuration', args: { settings: [], more: 1 } }],
  [{ interface: 'raid', step: 'create_configuration' }],
  [{ interface: 'raid', step: 'delete_configuration', args: {} }],
  [{ interface: 'deploy', step: 'erase_devices' }],
  [{ interface: 'deploy', step: 'deploy' }],
  [{ interface: 'power', step: 'reboot' }],
  [{ interface: 'firmware', step: 'update', args: { settings: [{ component: 'bmc', url: 'http://127.0.0.1/x' }] } }],
  [{ interface: 'management', step: 'nope' }],
  [{ interface: 'vendor', step: 'log_passthrough' }],
]; // prettier-ignore

function values(key: string): readonly unknown[] {
  if (key.endsWith('_steps')) return [...oddValues.slice(0, 15), ...lists];
  if (key === 'configdrive')
    return [
      ...oddValues.slice(0, 16),
      { meta_data: {} },
      { meta_data: 'x' },
      { user_data: {} },
      { user_data: 5 },
      { network_data: [] },
      { vendor_data: {} },
      { meta_data: {}, bogus: 1 },
      'http://127.0.0.1/x',
      'H4sIAAAAAAAAAwMAAAAAAAAAAAA=',
    ]; // prettier-ignore
  if (key === 'runbook') return [...oddValues.slice(0, 12), 'CUSTOM_BOOK', 'CUSTOM_TPL', 'custom_book'];
  return oddValues.slice(0, 13);
}
