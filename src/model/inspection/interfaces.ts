// Which of a machine's network interfaces count, by what its ramdisk found. Pure. (reference: conductor.md L101)

export interface FoundInterface {
  readonly name: string;
  readonly mac_address: string;
  readonly ipv4_address: string | null;
  readonly ipv6_address: string | null;
  /** The machine booted its ramdisk from it. */
  readonly pxe_enabled: boolean;
  readonly client_id: string | null;
  /** Everything that the ramdisk told of it. */
  readonly told: Readonly<Record<string, unknown>>;
}

export type AddPorts = 'all' | 'active' | 'pxe' | 'disabled';

const macForm = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** `boot_interface` is a MAC, with dashes and the leading hardware type of BOOTIF or without; undefined where it is none. */
export function bootMacOf(told: unknown): string | undefined {
  if (typeof told !== 'string') return undefined;
  const colons = told.trim().toLowerCase().replaceAll('-', ':');
  const mac = colons.length === 20 ? colons.slice(3) : colons;
  return macForm.test(mac) ? mac : undefined;
}

/** The interfaces that have a name and a MAC, without the loopback; wrong ones are left out. */
export function foundInterfaces(told: readonly unknown[], bootMac: string | undefined): FoundInterface[] {
  return told.flatMap((one) => {
    if (typeof one !== 'object' || one === null) return [];
    const nic = one as Record<string, unknown>;
    const mac = text(nic.mac_address)?.toLowerCase();
    const name = text(nic.name);
    if (!mac || !macForm.test(mac) || !name || name === 'lo') return [];
    return [
      {
        name,
        mac_address: mac,
        ipv4_address: text(nic.ipv4_address),
        ipv6_address: text(nic.ipv6_address),
        pxe_enabled: mac === bootMac,
        client_id: text(nic.client_id),
        told: nic,
      },
    ];
  });
}

/**
 * Those that become ports. `pxe`: what the machine booted from, or every one with an address where that is not known;
 * `active`: every one with an address.
 */
export function portsToAdd(found: readonly FoundInterface[], which: AddPorts): FoundInterface[] {
  // A BMC tells of cards, not of their addresses: all of them count.
  const telling = found.some(({ told }) => 'ipv4_address' in told || 'ipv6_address' in told);
  const addressed = found.filter((nic) => !telling || nic.ipv4_address !== null || nic.ipv6_address !== null);
  switch (which) {
    case 'all':
      return [...found];
    case 'active':
      return addressed;
    case 'disabled':
      return [];
    case 'pxe':
      return found.some((nic) => nic.pxe_enabled) ? found.filter((nic) => nic.pxe_enabled) : addressed;
  }
}

export interface KnownPort {
  readonly uuid: string;
  readonly address: string;
  readonly pxe_enabled: boolean;
}

/** What to do with a node's ports. */
export interface PortChanges {
  readonly create: readonly FoundInterface[];
  readonly remove: readonly string[];
  readonly pxe: readonly { uuid: string; pxe_enabled: boolean }[];
}

/**
 * Compare the ports that a node has with the interfaces that it has. `keep`: all; only those that are `present` in the
 * machine; or only those that would be `added`.
 */
export function portChanges(
  ports: readonly KnownPort[],
  found: readonly FoundInterface[],
  rule: { add: AddPorts; keep: 'all' | 'present' | 'added'; updatePxe: boolean },
): PortChanges {
  const added = portsToAdd(found, rule.add);
  const known = new Set(ports.map((port) => port.address.toLowerCase()));
  const macs = (nics: readonly FoundInterface[]) => new Set(nics.map((nic) => nic.mac_address));
  const kept = rule.keep === 'all' ? undefined : macs(rule.keep === 'present' ? found : added);
  const gone = ports.filter((port) => kept && !kept.has(port.address.toLowerCase()));
  const left = ports.filter((port) => !gone.includes(port));
  const booted = macs(found.filter((nic) => nic.pxe_enabled));
  const pxe = left
    .map((port) => ({ ...port, now: booted.has(port.address.toLowerCase()) }))
    .filter((port) => rule.updatePxe && booted.size > 0 && port.now !== port.pxe_enabled)
    .map(({ uuid, now }) => ({ uuid, pxe_enabled: now }));
  return { create: added.filter((nic) => !known.has(nic.mac_address)), remove: gone.map((port) => port.uuid), pxe };
}
