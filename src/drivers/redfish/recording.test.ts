// What this hardware type offers, held to what Ironic said of its own with the same interfaces enabled.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '#config/load.ts';
import { interfaceKinds, type VendorFace } from '../kinds.ts';
import { makeDrivers } from '../registry.ts';

const recorded = new Map(
  readFileSync(new URL('../../../test/compat/golden/drivers.jsonl', import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { name: string; response: { body: Record<string, unknown> } })
    .map(({ name, response }) => [name, response.body]),
);

const enabled = [
  'hardware_types=fake-hardware,ipmi,redfish,manual-management',
  'bios_interfaces=fake,redfish,no-bios',
  'boot_interfaces=fake,pxe,ipxe,redfish-virtual-media',
  'console_interfaces=fake,ipmitool-socat,no-console',
  'deploy_interfaces=fake,direct,ramdisk,custom-agent',
  'inspect_interfaces=fake,agent,redfish,no-inspect',
  'firmware_interfaces=fake,redfish,no-firmware',
  'management_interfaces=fake,ipmitool,redfish,noop',
  'network_interfaces=noop',
  'power_interfaces=fake,ipmitool,redfish',
  'raid_interfaces=fake,agent,redfish,no-raid',
  'rescue_interfaces=fake,agent,no-rescue',
  'storage_interfaces=fake,noop',
  'vendor_interfaces=fake,ipmitool,redfish,no-vendor',
].map((line) => `DEFAULT.enabled_${line}`);

const { config } = loadConfig({ sets: [...enabled, 'DEFAULT.default_network_interface=noop'] });
const redfish = makeDrivers(config).types.get('redfish')!;
const shown = recorded.get('show redfish')!;

test.each(interfaceKinds)('the %s interfaces are those of the recording', (kind) => {
  expect(redfish.own[kind].map((face) => face.name).sort()).toEqual(
    [...(shown[`enabled_${kind}_interfaces`] as string[])].sort(),
  );
  expect(redfish.defaults[kind]).toBe(shown[`default_${kind}_interface`]);
});

test('the properties of its interfaces are those of the recording', () => {
  const names = interfaceKinds.flatMap((kind) => {
    const face = redfish.own[kind].find((one) => one.name === redfish.defaults[kind]);
    return Object.keys(face?.properties ?? {});
  });
  const told = Object.keys(recorded.get('properties redfish')!);
  expect(told.filter((name) => name.startsWith('redfish_') && !names.includes(name))).toEqual([]);
  expect([...new Set(names)].sort()).toEqual(told.sort());
});

interface ToldStep {
  readonly step: string;
  readonly priority: number;
  readonly abortable: boolean;
  readonly requires_ramdisk: boolean;
  readonly args: Readonly<Record<string, { readonly required: boolean }>>;
}

const facts = resolve(import.meta.dirname, '../../../../shared/reference/hardware.json');
if (!existsSync(facts)) console.warn(`not run: the steps of each interface (${facts} is not there)`);

test
  .skipIf(!existsSync(facts))
  .each(['bios', 'boot', 'firmware', 'inspect', 'management', 'power', 'raid', 'vendor'] as const)(
  'the steps and methods of the %s interface are those of the original',
  (kind) => {
    type Told = Record<string, Record<string, Record<string, unknown>>>;
    const { interfaces } = JSON.parse(readFileSync(facts, 'utf8')) as { interfaces: Told };
    for (const face of redfish.own[kind].filter(({ name }) => name.startsWith('redfish'))) {
      const told = interfaces[kind]![face.name]!;
      for (const flow of ['clean', 'deploy', 'service', 'verify'] as const) {
        const offered = (face.steps ?? [])
          .filter((step) => step.in[flow] !== undefined)
          .map((step) => ({
            step: step.step,
            priority: step.in[flow],
            abortable: step.abortable ?? flow === 'deploy',
            requires_ramdisk: step.ramdisk ?? true,
            args: Object.fromEntries(
              Object.entries(step.args ?? {}).map(([name, { required = false }]) => [name, { required }]),
            ),
          }));
        const wanted = (told[`${flow}_steps`] as ToldStep[]).map(
          ({ step, priority, abortable, requires_ramdisk, args }) => ({
            step,
            priority,
            abortable,
            requires_ramdisk,
            args,
          }),
        );
        const byName = (a: { step: string }, b: { step: string }) => a.step.localeCompare(b.step);
        expect(offered.sort(byName)).toEqual(wanted.sort(byName));
      }
      const methods = 'passthru' in face ? (face as VendorFace).passthru! : {};
      const shownMethods = Object.entries(methods).map(([name, one]) => [
        name,
        [...one.httpMethods, one.async ? 'async' : 'sync', one.exclusive ? 'exclusive' : 'shared'],
      ]);
      expect(Object.fromEntries(shownMethods)).toEqual(told.passthru ?? {});
      if ('capabilities' in face) expect(face.capabilities).toEqual(told.capabilities);
      if (kind === 'boot') expect(Object.keys(face.properties ?? {}).sort()).toEqual(told.driver_info);
    }
  },
);
