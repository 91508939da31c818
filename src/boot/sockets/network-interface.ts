import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { defineError } from '#base/errors.ts';
import { unlinkedInterfaces } from './unlinked-interfaces.ts';

/** The interface that boot services run on. `index` changes when the interface is made anew. */
export interface BootInterface {
  readonly name: string;
  readonly address: string;
  readonly netmask: string;
  readonly mac: string;
  readonly index: number | undefined;
}

export const NoBootInterface = defineError(
  'NoBootInterface',
  500,
  (p: { wanted: string; there: string }) =>
    `No network interface with an IPv4 address matches ${p.wanted}. This machine has: ${p.there}. Name one of them; an interface without an IPv4 address cannot be used.`,
);

/** The interface of that name or with that IPv4 address; NoBootInterface where there is none. */
export function findInterface(wanted: { interface?: string; address?: string }): BootInterface {
  const linked = Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? []).filter((a) => a.family === 'IPv4').map((a) => ({ ...a, name })),
  );
  const all = [...linked, ...unlinkedInterfaces()];
  const found = all.find(
    (a) => (!wanted.interface || a.name === wanted.interface) && (!wanted.address || a.address === wanted.address),
  );
  if (!found || (!wanted.interface && !wanted.address)) {
    const there = [...new Set(all.map((a) => `${a.name} ${a.address}`))].join(', ') || 'none';
    throw new NoBootInterface({ wanted: [wanted.interface, wanted.address].filter(Boolean).join(' ') || '""', there });
  }
  const { name, address, netmask, mac } = found;
  return { name, address, netmask, mac, index: interfaceIndex(name) };
}

/** The kernel's number of the interface, or undefined where it is gone (or the system has no /sys). */
export function interfaceIndex(name: string): number | undefined {
  try {
    return Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8'));
  } catch {
    return undefined;
  }
}
