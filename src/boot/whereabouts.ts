// Which machine has which address: learnt from DHCP (our own leases, or another server's that we overhear) and from paths.
import { asMac } from '#protocols/dhcp/addresses.ts';

export interface Machine {
  readonly mac?: string;
  readonly node?: string;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const macInPath = /(?:^|[/-]|\b(?:01|20)-)([0-9a-f]{2}(?:[:-][0-9a-f]{2}){5})(?:$|\.conf$)/;

/** The machine that a path of the boot roots belongs to, as far as the path tells (see node-files/layout.ts). */
export function machineInPath(path: string): Machine {
  const node = uuid.exec(path.toLowerCase())?.[0];
  if (node) return { node };
  const mac = macInPath.exec(path.toLowerCase())?.[1];
  return mac ? { mac: asMac(mac)! } : {};
}

/** Remembers the last machines seen at up to `most` addresses. */
export class Whereabouts {
  readonly #at = new Map<string, Machine>();
  readonly #most: number;

  constructor(most = 4096) {
    this.#most = most;
  }

  learn(address: string, machine: Machine): void {
    const { mac, node } = machine;
    if (!mac && !node) return;
    const before = this.#at.get(address);
    const same = !before || !mac || !before.mac || before.mac === mac;
    this.#at.delete(address);
    this.#at.set(address, { ...(same && before), ...(mac && { mac }), ...(node && { node }) });
    if (this.#at.size > this.#most) this.#at.delete(this.#at.keys().next().value!);
  }

  /** Who is at `address` and asks for `path`; what the path tells is remembered. */
  who(address: string, path = ''): Machine {
    this.learn(address, machineInPath(path));
    return this.#at.get(address) ?? {};
  }
}
