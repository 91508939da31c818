// PCI devices that count as accelerators.

export interface Accelerator {
  readonly vendor_id: string;
  readonly device_id: string;
  readonly type: string;
  readonly device_info: string;
}

const nvidia = (device_id: string, name: string): Accelerator => ({
  vendor_id: '10de',
  device_id,
  type: 'GPU',
  device_info: `NVIDIA Corporation ${name}`,
});

/** Those that are known without a file of the operator's. */
export const knownAccelerators: readonly Accelerator[] = [
  nvidia('1eb8', 'Tesla T4'),
  nvidia('1df6', 'GV100GL'),
  nvidia('2236', 'A10'),
  nvidia('2235', 'A40'),
  nvidia('26b9', 'L40S'),
  nvidia('26ba', 'L20'),
];

type Json = Readonly<Record<string, unknown>>;

/** The accelerators among the PCI devices of a machine, with their place. */
export function acceleratorsAmong(devices: readonly Json[], known: readonly Json[]): Json[] {
  return devices.flatMap((device) => {
    const match = known.find(
      ({ vendor_id, device_id }) => vendor_id === device.vendor_id && device_id === device.product_id,
    );
    return match ? [{ ...match, pci_address: device.bus ?? null }] : [];
  });
}

/** How many devices there are of each kind that an alias names. */
export function countByAlias(devices: readonly Json[], aliases: readonly Json[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const device of devices)
    for (const { vendor_id, product_id, name } of aliases)
      if (vendor_id === device.vendor_id && product_id === device.product_id)
        counts.set(String(name), (counts.get(String(name)) ?? 0) + 1);
  return Object.fromEntries(counts);
}
