// What a BMC tells of its machine, in the words in which a ramdisk tells it. Pure. (reference: redfish/resources.md §2,
// agent-api.md §4)
import { type Json, numberOf, part, parts, textOf } from '#protocols/redfish/document.ts';

/** The documents that were read; what a BMC has not got is empty. */
export interface MachineDocuments {
  readonly system: Json;
  readonly processors: readonly Json[];
  readonly memory: readonly Json[];
  readonly nics: readonly Json[];
  readonly drives: readonly Json[];
  readonly simpleStorage: readonly Json[];
  readonly volumes: readonly Json[];
}

const architectures: Readonly<Record<string, string>> = {
  'x86-64': 'x86_64',
  x86: 'i686',
  'ARM-A64': 'aarch64',
  'ARM-A32': 'arm',
  PowerISA: 'ppc64le',
  'IA-64': 'ia64',
};

/** The kernel's word for a processor's architecture. */
export function architectureOf({ InstructionSet: set, ProcessorArchitecture: family }: Json): string | undefined {
  const told = textOf(set);
  if (told && Object.hasOwn(architectures, told)) return architectures[told];
  const wide = textOf(family);
  if (wide === 'x86') return 'x86_64'; // a family; machines of it that have Redfish are 64 bits wide
  return wide === 'ARM' ? 'aarch64' : undefined;
}

const macForm = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

/** Network cards that are there and not switched off, each MAC once. */
export function interfacesFrom(nics: readonly Json[]): Record<string, unknown>[] {
  const found = new Map<string, Record<string, unknown>>();
  for (const nic of nics) {
    const told = textOf(nic.PermanentMACAddress) ?? textOf(nic.MACAddress) ?? '';
    const state = textOf(part(nic, 'Status').State);
    if (!macForm.test(told) || (state !== undefined && state !== 'Enabled')) continue;
    const mac = told.toLowerCase().replaceAll('-', ':');
    if (mac === '00:00:00:00:00:00' || found.has(mac)) continue;
    const link = textOf(nic.LinkStatus);
    found.set(mac, {
      name: textOf(nic.Id) ?? textOf(nic.Name) ?? mac,
      mac_address: mac,
      speed_mbps: numberOf(nic.SpeedMbps) ?? null,
      has_carrier: link === undefined ? null : link === 'LinkUp',
    });
  }
  return [...found.values()];
}

function memoryMb({ system, memory }: MachineDocuments): number | undefined {
  const gib = numberOf(part(system, 'MemorySummary').TotalSystemMemoryGiB);
  if (gib) return Math.round(gib * 1024);
  const sum = memory.reduce((total, dimm) => total + (numberOf(dimm.CapacityMiB) ?? 0), 0);
  return sum || undefined;
}

function cpuOf({ system, processors }: MachineDocuments): Record<string, unknown> {
  const cpus = processors.filter((one) => textOf(one.ProcessorType) === undefined || one.ProcessorType === 'CPU');
  const summary = part(system, 'ProcessorSummary');
  const threads = cpus.reduce((sum, one) => sum + (numberOf(one.TotalThreads) ?? numberOf(one.TotalCores) ?? 0), 0);
  const [first = {}] = cpus;
  return {
    architecture: architectureOf(first) ?? null,
    model_name: textOf(first.Model) ?? textOf(summary.Model) ?? null,
    count: threads || numberOf(summary.LogicalProcessorCount) || numberOf(summary.Count) || null,
    socket_count: cpus.length || numberOf(summary.Count) || null,
    frequency: numberOf(first.MaxSpeedMHz) ?? null,
  };
}

function disksOf({ drives, simpleStorage, volumes }: MachineDocuments): Record<string, unknown>[] {
  const simple = simpleStorage.flatMap((one) => parts(one, 'Devices'));
  const some = volumes.length ? volumes : drives.length ? drives : simple;
  return some.flatMap((disk) => {
    const size = numberOf(disk.CapacityBytes);
    if (!size) return [];
    const media = textOf(disk.MediaType);
    return [
      {
        name: textOf(disk.Name) ?? textOf(disk.Id) ?? null,
        size,
        model: textOf(disk.Model) ?? null,
        serial: textOf(disk.SerialNumber) ?? null,
        vendor: textOf(disk.Manufacturer) ?? null,
        rotational: media === undefined ? null : media === 'HDD',
      },
    ];
  });
}

const bootModes: Readonly<Record<string, string>> = { UEFI: 'uefi', Legacy: 'bios' };

/** The inventory, and what of it becomes properties of the node. */
export function inventoryFrom(documents: MachineDocuments) {
  const { system } = documents;
  const mode = textOf(part(system, 'Boot').BootSourceOverrideMode) ?? '';
  const cpu = cpuOf(documents);
  const disks = disksOf(documents);
  const physical_mb = memoryMb(documents);
  const isDell = /dell/i.test(textOf(system.Manufacturer) ?? '');
  const inventory = {
    interfaces: interfacesFrom(documents.nics),
    cpu,
    memory: { physical_mb: physical_mb ?? null, total: null },
    disks,
    system_vendor: {
      product_name: textOf(system.Model) ?? null,
      // Dell's service tag is what people call the machine's serial number.
      serial_number: (isDell ? textOf(system.SKU) : undefined) ?? textOf(system.SerialNumber) ?? null,
      manufacturer: textOf(system.Manufacturer) ?? null,
      sku: textOf(system.SKU) ?? null,
      system_uuid: textOf(system.UUID) ?? null,
      firmware: { version: textOf(system.BiosVersion) ?? null },
    },
    boot: { current_boot_mode: bootModes[mode] ?? null },
  };
  const smallest = disks.length ? Math.min(...disks.map(({ size }) => Number(size))) : 0;
  return {
    inventory,
    bootMode: bootModes[mode],
    properties: {
      ...(cpu.architecture !== null && { cpu_arch: cpu.architecture }),
      ...(physical_mb && { memory_mb: physical_mb }),
      // A whole GiB is kept free for the partition table, as other inspections do.
      ...(smallest > 0 && { local_gb: Math.max(0, Math.floor(smallest / 1024 ** 3) - 1) }),
      ...(cpu.count !== null && { cpus: cpu.count }),
    },
  };
}
