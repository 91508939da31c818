// Where a node's boot files lie: the layout that operators of Ironic know.
import { defineError } from '#base/errors.ts';
import { isUuid } from '#base/ids.ts';
import { asMac, isIpv4 } from '#protocols/dhcp/addresses.ts';

/** `ipxe`: scripts under http_root. `pxelinux` and `grub`: files under tftp_root. */
export type BootFlavor = 'ipxe' | 'pxelinux' | 'grub';

export interface BootRoots {
  readonly http: string;
  readonly tftp: string;
}

export const BadBootIdentity = defineError(
  'BadBootIdentity',
  400,
  (p: { what: string; value: string }) => `"${p.value}" is no ${p.what}; no boot files are written for it.`,
);

export const rootFor = (flavor: BootFlavor, roots: BootRoots): string => (flavor === 'ipxe' ? roots.http : roots.tftp);

/** The folder of the node in its root, checked to be one path element. */
export function nodeFolder(node: string): string {
  if (!isUuid(node) || node.length !== 36) throw new BadBootIdentity({ what: 'node UUID', value: node });
  return node.toLowerCase();
}

export interface NodeLinks {
  readonly macs: readonly string[];
  /** Fixed addresses of the node, for GRUB builds that look for `<ip>.conf`. */
  readonly addresses?: readonly string[];
  /** Ports with a client-id (InfiniBand): their names begin with 20- instead of 01-. */
  readonly clientIds?: boolean;
}

const dashed = (mac: string): string => mac.replaceAll(':', '-');

/** Names in the root that lead to `<uuid>/config`, each with the way from there to the root. */
export function linkNames(flavor: BootFlavor, node: NodeLinks): { name: string; up: string }[] {
  const macs = node.macs.map((text) => {
    const mac = asMac(text);
    if (!mac) throw new BadBootIdentity({ what: 'MAC address', value: text });
    return mac;
  });
  const type = node.clientIds ? '20' : '01';
  if (flavor === 'ipxe') return macs.map((mac) => ({ name: `pxelinux.cfg/${dashed(mac)}`, up: '../' }));
  if (flavor === 'pxelinux') return macs.map((mac) => ({ name: `pxelinux.cfg/${type}-${dashed(mac)}`, up: '../' }));
  const byAddress = (node.addresses ?? []).map((ip) => {
    if (!isIpv4(ip)) throw new BadBootIdentity({ what: 'IPv4 address', value: ip });
    return { name: `${ip}.conf`, up: '' };
  });
  const byMac = macs.flatMap((mac) => [`grub.cfg-${type}-${dashed(mac)}`, `${mac}.conf`]);
  return [...byMac.map((name) => ({ name, up: '' })), ...byAddress];
}
