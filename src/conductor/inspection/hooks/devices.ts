// Hooks that look at the PCI devices of a machine.
import { readFile } from 'node:fs/promises';
import { readYaml } from '#base/yaml.ts';
import { InvalidParameterValue } from '#contract/errors.ts';
import { acceleratorsAmong, countByAlias, knownAccelerators } from '#model/inspection/accelerators.ts';
import { type Found, type Hook, type Json, objectAt, objectsIn, setProperties } from '../hook.ts';
import { addCapabilities } from './capabilities.ts';

/** The ramdisk tells of them beside the inventory, a BMC inside of it. */
const devicesIn = ({ inventory, plugin_data }: Found): Json[] => {
  const told = objectsIn(plugin_data.pci_devices);
  return told.length ? told : objectsIn(inventory.pci_devices);
};

/** `properties.accelerators`, by the table of [inspector]known_accelerators. */
export const accelerators: Hook = {
  async run(task, found) {
    const devices = devicesIn(found);
    if (!devices.length) return task.log.warn({}, 'hook accelerators: nothing tells of PCI devices');
    const known = await accelerated(task.config.inspector.known_accelerators);
    await setProperties(task, { accelerators: acceleratorsAmong(devices, known) });
  },
};

/** compat: the option's default is a file of Ironic's; where there is none, the table of the house stands for it. */
async function accelerated(file: string | null): Promise<readonly Json[]> {
  const own = knownAccelerators as unknown as readonly Json[];
  if (!file) return own;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && /drivers\/modules\/inspector\/hooks\/known_accelerators\.yaml$/.test(file))
      return null;
    throw new InvalidParameterValue({ why: `[inspector]known_accelerators: ${error.message}` }, { cause: error });
  });
  if (text === null) return own;
  const devices = objectsIn(objectAt(readYaml(text, file)).pci_devices);
  if (devices.length && devices.every(({ vendor_id, device_id }) => vendor_id && device_id)) return devices;
  throw new InvalidParameterValue({
    why: `[inspector]known_accelerators: ${file} needs "pci_devices", a list of objects with vendor_id and device_id`,
  });
}

/** How many devices of each alias there are, as capabilities ([inspector]pci_device_alias). */
export const pciDevices: Hook = {
  async run(task, found) {
    const aliases = task.config.inspector.pci_device_alias.map(aliasOf);
    if (aliases.length) await addCapabilities(task, countByAlias(devicesIn(found), aliases));
  },
};

function aliasOf(text: string): Json {
  try {
    const alias = JSON.parse(text) as Json;
    if (Object.keys(alias).sort().join() === 'name,product_id,vendor_id') return alias;
  } catch {
    // said below
  }
  throw new InvalidParameterValue({
    why: `[inspector]pci_device_alias: ${text} is no JSON object with vendor_id, product_id and name`,
  });
}
