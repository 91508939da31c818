// What real boards and mock-ups answer, read by our rules. The samples lie beside the checkout; without them nothing is run.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { actionOf, type Json, linksOf, part, textOf } from '#protocols/redfish/document.ts';
import { parsed } from '#protocols/redfish/parsed.ts';
import { judgeTask } from '#protocols/redfish/task-monitor.ts';
import { attributesOf, registryOf, settingsFrom } from './bios-settings.ts';
import { componentsFrom } from './components.ts';
import { inventoryFrom, type MachineDocuments } from './inventory.ts';

const folder = resolve(import.meta.dirname, '../../../../shared/reference/redfish/samples');
const there = existsSync(folder);
if (!there) console.warn(`not run: the samples of Redfish answers (${folder} is not there)`);

const files = there
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.json') && statSync(join(folder, name)).isFile(),
    )
  : [];
const bodyOf = (name: string): Json => parsed(readFileSync(join(folder, name), 'utf8')) ?? {};
const typeOf = (body: Json): string => /#?(\w+)\./.exec(textOf(body['@odata.type']) ?? '')?.[1] ?? '';

const none: MachineDocuments = {
  system: {},
  processors: [],
  memory: [],
  nics: [],
  drives: [],
  simpleStorage: [],
  volumes: [],
};

/** The documents of one machine: a vendor's folder, sorted by type. */
function machineIn(place: string): MachineDocuments {
  const bodies = files.filter((name) => name.startsWith(`${place}/`)).map(bodyOf);
  const of = (type: string) => bodies.filter((body) => typeOf(body) === type);
  return {
    system: of('ComputerSystem').find((body) => textOf(body.Manufacturer)) ?? {},
    processors: of('Processor'),
    memory: of('Memory'),
    nics: of('EthernetInterface').filter((nic) => String(nic['@odata.id']).includes('/Systems/')),
    drives: of('Drive'),
    simpleStorage: of('SimpleStorage'),
    volumes: of('Volume'),
  };
}

test.skipIf(!there)('every sample is read without a fall', () => {
  expect(files.length).toBeGreaterThan(400);
  for (const name of files) {
    const body = bodyOf(name);
    judgeTask(200, body);
    linksOf(body);
    actionOf(body, 'ComputerSystem.Reset').allowed('ResetType');
    settingsFrom(attributesOf(body), registryOf(body));
    componentsFrom(body, body, [body]);
    inventoryFrom({ ...none, system: body, processors: [body], memory: [body], nics: [body], drives: [body] });
  }
});

test.skipIf(!there).each([
  ['hpe/ilo-dl380a', { cpu_arch: 'x86_64' }, /HPE/],
  ['supermicro/x10sdv', {}, /Supermicro/],
  ['lenovo/xcc-bmclib', {}, /Lenovo/],
  ['generic-dmtf-style/sushy', { cpu_arch: 'x86_64', memory_mb: 98_304 }, /Contoso/],
])('the machine of %s is understood', (place, properties, maker) => {
  const found = inventoryFrom(machineIn(place));
  expect(found.inventory.system_vendor.manufacturer).toMatch(maker);
  expect(found.properties).toMatchObject(properties);
  expect(found.inventory.system_vendor.product_name).toBeTruthy();
});

test.skipIf(!there)('BIOS attributes of the mock-up get what its registry tells', () => {
  const at = 'generic-dmtf-style/sushy';
  expect(Object.keys(attributesOf(bodyOf(`${at}/bios.json`))).length).toBeGreaterThan(5);
  const registry = registryOf(bodyOf(`${at}/bios_attribute_registry.json`));
  const [row] = settingsFrom({ ProcVirtualization: 'Enabled' }, registry);
  expect(row).toMatchObject({ attribute_type: 'Enumeration', allowable_values: ['Enabled', 'Disabled'] });
});

test.skipIf(!there)('tasks of the mock-up are judged', () => {
  const at = 'generic-dmtf-style/sushy';
  expect(judgeTask(200, bodyOf(`${at}/task.json`)).is).toBe('done');
  expect(part(bodyOf(`${at}/task.json`)).TaskState).toBe('Completed');
});

test('any documents are read without a fall', () => {
  const json = fc.dictionary(
    fc.constantFrom(
      'Attributes',
      'Status',
      'MACAddress',
      'MemorySummary',
      'Boot',
      'Id',
      'Devices',
      'Controllers',
      'RegistryEntries',
      'Value',
    ),
    fc.jsonValue({ maxDepth: 4 }),
  ) as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(json, json, (one, other) => {
      inventoryFrom({
        system: one,
        processors: [other],
        memory: [one],
        nics: [other],
        drives: [one],
        simpleStorage: [other],
        volumes: [],
      });
      settingsFrom(attributesOf(one), registryOf(other));
      componentsFrom(one, other, [one, other]);
      judgeTask(200, one);
    }),
    { numRuns: 300 },
  );
});
