// The hooks that make something of what an inspection found, by the names that options give them.
// (reference: conductor.md L100-101)
import { InvalidParameterValue } from '#contract/errors.ts';
import type { Hook } from './hook.ts';
import { architecture, cpus, memory, ports, ramdiskError, validateInterfaces } from './hooks/basic.ts';
import { bootMode, cpuCapabilities, extraHardware } from './hooks/capabilities.ts';
import { accelerators, pciDevices } from './hooks/devices.ts';
import { raidDevice, rootDevice } from './hooks/disks.ts';
import { localLinkConnection, parseLldpHook, physicalNetwork } from './hooks/links.ts';

const known: Readonly<Record<string, Hook>> = {
  'ramdisk-error': ramdiskError,
  'validate-interfaces': validateInterfaces,
  ports,
  architecture,
  accelerators,
  'boot-mode': bootMode,
  'cpu-capabilities': cpuCapabilities,
  cpus,
  'extra-hardware': extraHardware,
  'local-link-connection': localLinkConnection,
  memory,
  'parse-lldp': parseLldpHook,
  'pci-devices': pciDevices,
  'physical-network': physicalNetwork,
  'raid-device': raidDevice,
  'root-device': rootDevice,
};

/** The hooks that an option (its name is for messages) names, in its order. Throws InvalidParameterValue. */
export function hooksOf(option: string, named = '[inspector]hooks'): readonly [string, Hook][] {
  const names = option
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.map((name, at) => {
    const hook = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!hook)
      throw new InvalidParameterValue({
        why: `${named} names "${name}"; there are ${Object.keys(known).join(', ')}`,
      });
    const lacking = (hook.needs ?? []).filter((need) => !names.slice(0, at).includes(need));
    if (lacking.length)
      throw new InvalidParameterValue({ why: `${named}: "${name}" needs ${lacking.join(', ')} before it` });
    return [name, hook];
  });
}
