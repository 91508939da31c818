import { InvalidParameterValue, InvalidSwitchID, NotAcceptable } from '#contract/errors.ts';
import { isMac } from '#contract/values.ts';

const keys = [
  'switch_id',
  'port_id',
  'switch_info',
  'hostname',
  'network_type',
  'vtep-logical-switch',
  'vtep-physical-switch',
] as const;

/** One of these sets of keys has to be there, or none at all. */
const complete: readonly (readonly string[])[] = [
  ['port_id', 'switch_id'],
  ['port_id', 'hostname'],
  ['port_id', 'vtep-logical-switch', 'vtep-physical-switch'],
];
const networkTypeSince = 64;
const vtep = { since: 90, until: 104 };
const datapath = /^[0-9a-f]{16}$/i;

/** Throws 400 (406 for keys of other versions) unless `link` tells completely where a port is plugged in. */
export function checkLink(link: Readonly<Record<string, unknown>>, minor: number): void {
  const wrong = (why: string) => new InvalidParameterValue({ why: `local_link_connection: ${why}.` });
  const given = Object.keys(link);
  if (given.length === 0) return;
  const unknown = given.filter((key) => !(keys as readonly string[]).includes(key));
  if (unknown.length) throw wrong(`"${unknown.join('", "')}" is no part of it; there are ${keys.join(', ')}`);
  const notText = given.find((key) => typeof link[key] !== 'string');
  if (notText) throw wrong(`${notText}: text is accepted`);
  if (link.network_type !== undefined && !['managed', 'unmanaged'].includes(String(link.network_type)))
    throw wrong('network_type: managed or unmanaged is accepted');
  const enough = link.network_type === 'unmanaged' || complete.some((set) => set.every((key) => given.includes(key)));
  if (!enough) throw wrong(`${complete.map((set) => set.join(' and ')).join(', or ')} are needed`);
  if (link.network_type !== undefined && minor < networkTypeSince)
    throw new NotAcceptable({ what: '"network_type" in local_link_connection', since: networkTypeSince });
  if (given.some((key) => key.startsWith('vtep-')) && (minor < vtep.since || minor > vtep.until))
    throw new NotAcceptable({
      what: `VTEP keys in local_link_connection are known from 1.${vtep.since} to 1.${vtep.until}.`,
    });
  const { switch_id: id } = link;
  if (typeof id === 'string' && !isMac(id) && !datapath.test(id)) throw new InvalidSwitchID({ value: id });
}
