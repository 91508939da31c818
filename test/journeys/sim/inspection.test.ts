// Inspection with everything around it: rules that operators set over the API, hooks, and machines that nobody enrolled.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type ApiNode, openSite, type Site } from '../../setup/site.ts';

let site: Site;
let folder: string;
let hook: Server;
const called: string[] = [];

const builtIn = `
# every machine of the lab
- description: lab machines are marked
  priority: 20000
  conditions:
    - {op: "!is-empty", args: {value: "{inventory[bmc_address]}"}}
  actions:
    - op: extend-attribute
      args: {path: /extra/marks, value: "bmc {inventory[bmc_address]}", unique: true}
`;

const hooks = [
  '$default_hooks',
  'boot-mode,cpu-capabilities,cpus,memory,root-device,raid-device',
  'parse-lldp,local-link-connection,physical-network,pci-devices,accelerators,extra-hardware',
].join(',');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'));
  await writeFile(join(folder, 'rules.yaml'), builtIn);
  hook = createServer((request, response) => {
    called.push(request.url ?? '');
    response.end('{}');
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  site = await openSite({
    machines: 6,
    sets: [
      'DEFAULT.enabled_inspect_interfaces=agent,no-inspect',
      `inspector.hooks=${hooks}`,
      'inspector.extra_kernel_params=ipa-collect-lldp=1 ipa-inspection-collectors=default,pci-devices',
      'inspector.physical_network_cidr_map=127.0.0.0/8:lab',
      'inspector.pci_device_alias={"vendor_id": "10de", "product_id": "1eb8", "name": "gpu_t4"}',
      `inspection_rules.built_in_rules=${join(folder, 'rules.yaml')}`,
      'auto_discovery.enabled=true',
      'auto_discovery.driver=ipmi',
      'auto_discovery.inspection_scope=found',
      'ingot.discovery=true',
      'ingot.rule_call_hosts=127.0.0.1',
    ],
  });
});
afterAll(async () => {
  await site?.close();
  hook?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Listed {
  readonly inspection_rules: { uuid: string; conditions: unknown; actions: unknown }[];
}

beforeEach(async () => {
  const { inspection_rules } = await site.api<Listed>('GET', '/v1/inspection_rules');
  for (const { uuid } of inspection_rules) await site.api('DELETE', `/v1/inspection_rules/${uuid}`);
});

const addRule = (rule: Record<string, unknown>) => site.api<{ uuid: string }>('POST', '/v1/inspection_rules', rule);
const nameOf = (index: number) => site.rack.descriptions[index]!.name;

async function manageable(index: number): Promise<string> {
  const name = nameOf(index);
  await site.enroll(name);
  await site.provision(name, 'manage');
  await site.until(name, 'manageable');
  return name;
}

async function inspected(name: string): Promise<Record<string, never>> {
  await site.provision(name, 'inspect');
  expect(await site.until(name, 'manageable')).toMatchObject({ last_error: null });
  return site.api('GET', `/v1/nodes/${name}`);
}

interface Data {
  readonly inventory: Record<string, unknown>;
  readonly plugin_data: Record<string, unknown>;
}

test('rules of the API and of the file give a machine its trait, its properties and its port attributes', async () => {
  const mac = site.rack.descriptions[0]!.macs[0]!;
  await addRule({
    description: 'machines of ours',
    priority: 100,
    conditions: [
      { op: 'contains', args: { value: '{inventory[system_vendor][manufacturer]}', regex: '(?i)^[a-z]' } },
      { op: 'gt', args: { values: ['{inventory[memory][physical_mb]}', 1024] } },
      { op: 'eq', args: { values: ['{node.driver}', '{item}'] }, loop: ['redfish', 'ipmi'], multiple: 'any' },
    ],
    actions: [
      { op: 'add-trait', args: { name: 'CUSTOM_{item}' }, loop: ['LAB', 'BIG'] },
      { op: 'set-attribute', args: { path: '/properties/serial', value: '{inventory[system_vendor][serial_number]}' } },
      { op: 'set-capability', args: { name: 'rack', value: 'r1' } },
      { op: 'set-port-attribute', args: { port_id: '{plugin_data[macs][0]}', path: '/extra/cable', value: 'blue' } },
      { op: 'set-plugin-data', args: { path: 'lab.seen', value: '{node.name}' } },
      {
        op: 'api-call',
        args: { url: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/seen?node={node.name}` },
      },
      { op: 'log', args: { msg: 'hello {node.name}', level: 'debug' } },
    ],
  });
  const name = await manageable(0);
  const node = await inspected(name);
  expect(node).toMatchObject({
    traits: ['CUSTOM_BIG', 'CUSTOM_LAB'],
    properties: { serial: expect.stringMatching(/\S/), cpu_arch: 'x86_64' },
    extra: { marks: [expect.stringMatching(/^bmc /)] },
  });
  const { ports } = await site.api<{ ports: { address: string; extra: object }[] }>(
    'GET',
    `/v1/ports/detail?node=${name}`,
  );
  expect(ports.find(({ address }) => address === mac)?.extra).toEqual({ cable: 'blue' });
  const { plugin_data } = await site.api<Data>('GET', `/v1/nodes/${name}/inventory`);
  expect(plugin_data.lab).toEqual({ seen: name });
  expect(called).toEqual([`/seen?node=${name}`]);
});

test('hooks tell capabilities, disks, switches and accelerators', async () => {
  const name = await manageable(1);
  const node = await inspected(name);
  const { properties } = node as unknown as { properties: Record<string, unknown> };
  expect(properties).toMatchObject({
    cpus: expect.any(Number),
    memory_mb: expect.any(Number),
    local_gb: expect.any(Number),
  });
  expect(properties.accelerators).toMatchObject([
    { device_info: expect.stringContaining('T4'), pci_address: '0000:3b:00.0' },
  ]);
  const capabilities = String(properties.capabilities).split(',');
  expect(capabilities).toEqual(expect.arrayContaining(['cpu_vt:true', 'cpu_aes:true', 'gpu_t4:1']));
  expect(capabilities.some((pair) => /^boot_mode:(uefi|bios)$/.test(pair))).toBe(true);
  const { ports } = await site.api<{ ports: Record<string, unknown>[] }>('GET', `/v1/ports/detail?node=${name}`);
  expect(ports.find(({ physical_network }) => physical_network === 'lab')).toMatchObject({
    local_link_connection: {
      switch_id: '11:22:33:aa:bb:cc',
      port_id: expect.stringMatching(/^Ethernet1\/\d+$/),
      switch_info: 'sw01',
    },
  });
  const { plugin_data } = await site.api<Data>('GET', `/v1/nodes/${name}/inventory`);
  expect(plugin_data.parsed_lldp).toMatchObject({
    eth0: { switch_system_name: 'sw01', switch_port_untagged_vlan_id: 100, switch_capabilities_enabled: ['Bridge'] },
  });
});

test('a rule that fails a machine says so in its last error, and nothing that it did stays', async () => {
  const { uuid } = await addRule({
    description: 'too small',
    actions: [
      { op: 'add-trait', args: { name: 'CUSTOM_SMALL' } },
      { op: 'fail', args: { msg: '{node.name} has {inventory[cpu][count]} CPUs' } },
    ],
  });
  const name = await manageable(2);
  await site.provision(name, 'inspect');
  const { last_error } = await site.until(name, 'inspect failed');
  expect(last_error).toMatch(
    new RegExp(
      `^Inspection failed: inspection rule ${uuid} \\("too small"\\), actions\\[1\\] \\(fail\\): ${name} has \\d+ CPUs$`,
    ),
  );
  expect(await site.api('GET', `/v1/nodes/${name}/traits`)).toEqual({ traits: [] });
});

test('a sensitive rule works, and neither answers nor errors show what it holds', async () => {
  const secret = 'open-sesame-4711';
  const rule = await addRule({
    sensitive: true,
    priority: 5,
    conditions: [{ op: '!eq', args: { values: ['{node.driver}', secret] } }],
    actions: [{ op: 'set-attribute', args: { path: '/driver_info/ipmi_k_g', value: secret } }],
  });
  const failing = await addRule({
    sensitive: true,
    actions: [{ op: 'set-attribute', args: { path: '/no_such_field', value: secret } }],
  });
  for (const path of [`/v1/inspection_rules/${rule.uuid}`, '/v1/inspection_rules?detail=true'])
    expect(JSON.stringify(await site.api('GET', path))).not.toContain(secret);
  const name = await manageable(3);
  await site.provision(name, 'inspect');
  const { last_error } = await site.until(name, 'inspect failed');
  expect(last_error).toContain(`inspection rule ${failing.uuid} failed`);
  expect(last_error).not.toContain(secret);
  const history = JSON.stringify(await site.api('GET', `/v1/nodes/${name}/history?detail=true`));
  expect(history).not.toContain(secret);
});

test('a machine that nobody enrolled is discovered once, and told apart by its scope', async () => {
  await addRule({
    priority: 50,
    conditions: [{ op: 'is-true', args: { value: '{plugin_data[auto_discovered]}' } }],
    actions: [
      { op: 'set-attribute', args: { path: '/name', value: 'found-{inventory[hostname]}' } },
      { op: 'set-attribute', args: { path: '/driver_info/ipmi_address', value: '{inventory[bmc_address]}' } },
    ],
  });
  const machine = site.rack.machines[4]!;
  await machine.body.set('on', { device: 'pxe' } as never);
  const name = `found-${nameOf(4)}`;
  const node = await vi.waitFor(
    () => site.api<ApiNode & { driver: string; properties: object }>('GET', `/v1/nodes/${name}`),
    {
      timeout: 20_000,
      interval: 50,
    },
  );
  expect(node).toMatchObject({
    provision_state: 'enroll',
    driver: 'ipmi',
    last_error: null,
    properties: { inspection_scope: 'found' },
    driver_info: { ipmi_address: expect.stringMatching(/\d/) },
  });
  const data = await vi.waitFor(() => site.api<Data>('GET', `/v1/nodes/${name}/inventory`), { timeout: 10_000 });
  expect(data.plugin_data).toMatchObject({ auto_discovered: true });
  const { ports } = await site.api<{ ports: { address: string }[] }>('GET', `/v1/ports?node=${name}`);
  expect(ports.map(({ address }) => address)).toEqual([site.rack.descriptions[4]!.macs[0]]);
  const again = await fetch(`${site.running.url}/v1/continue_inspection`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-OpenStack-Ironic-API-Version': '1.84' },
    body: JSON.stringify({ inventory: data.inventory }),
  });
  expect(again.status).toBe(404);
  const { nodes } = await site.api<{ nodes: { name: string }[] }>('GET', '/v1/nodes');
  expect(nodes.filter((one) => one.name?.startsWith('found-'))).toHaveLength(1);
});
