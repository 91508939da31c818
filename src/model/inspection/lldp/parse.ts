// What a switch says of itself and of the port that a machine is plugged into: LLDP, as the ramdisk recorded it. Whatever is
// too short, too long or unknown is passed over: a switch is not to blame the machine for. (IEEE 802.1AB-2016 §8)
import { capabilities, mauTypes, negotiable } from './tables.ts';

/** One type-length-value, without type and length. */
export interface Tlv {
  readonly type: number;
  readonly value: Buffer;
}

const longestValue = 511;
const mostTlvs = 256;

/** The TLVs of one interface from pairs of type and hexadecimal text; what is none is left out. */
export function readTlvs(told: unknown): Tlv[] {
  if (!Array.isArray(told)) return [];
  return told.slice(0, mostTlvs).flatMap((pair: unknown) => {
    if (!Array.isArray(pair)) return [];
    const [type, text] = pair as unknown[];
    if (typeof type !== 'number' || !Number.isInteger(type) || type < 0 || type > 127) return [];
    if (typeof text !== 'string' || text.length > 2 * longestValue || !/^(?:[0-9a-f]{2})*$/i.test(text)) return [];
    return [{ type, value: Buffer.from(text, 'hex') }];
  });
}

/** Names and values, as the hook parse-lldp keeps them. */
export type Parsed = Record<string, unknown>;

const strict = new TextDecoder('utf-8', { fatal: true });

function textIn(bytes: Buffer): string | undefined {
  try {
    return strict.decode(bytes).replace(/\0+$/, '');
  } catch {
    return undefined;
  }
}

const macIn = (bytes: Buffer): string | undefined =>
  bytes.length === 6 ? [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':') : undefined;

/** An address behind the number of its family (IANA address family numbers). */
function addressIn(bytes: Buffer): string | undefined {
  const rest = bytes.subarray(1);
  if (bytes[0] === 1) return rest.length === 4 ? [...rest].join('.') : undefined;
  if (bytes[0] === 6) return macIn(rest);
  if (bytes[0] !== 2 || rest.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => rest.readUInt16BE(2 * i).toString(16));
  return URL.parse(`http://[${groups.join(':')}]/`)?.hostname.slice(1, -1);
}

type Reader = (bytes: Buffer) => string | undefined;

/** By subtype (802.1AB §8.5.2.2, §8.5.3.2). */
const chassisIds: Readonly<Record<number, Reader>> = {
  1: textIn,
  2: textIn,
  3: textIn,
  4: macIn,
  5: addressIn,
  6: textIn,
  7: textIn,
};
const portIds: Readonly<Record<number, Reader>> = {
  1: textIn,
  2: textIn,
  3: macIn,
  4: addressIn,
  5: textIn,
  7: textIn,
};

const idIn = (readers: Readonly<Record<number, Reader>>, value: Buffer): string | undefined =>
  value.length > 1 ? readers[value[0]!]?.(value.subarray(1)) : undefined;

const set = (into: Parsed, name: string, value: unknown): void => {
  if (value !== undefined && !Object.hasOwn(into, name)) into[name] = value;
};

const append = (into: Parsed, name: string, value: unknown): void => {
  if (value === undefined) return;
  if (Array.isArray(into[name])) (into[name] as unknown[]).push(value);
  else set(into, name, [value]);
};

type Handler = (into: Parsed, value: Buffer) => void;

const flagged = (names: readonly (string | undefined)[], bits: number, bitOf: (at: number) => number): string[] =>
  names.flatMap((name, at) => (name !== undefined && bits & bitOf(at) ? [name] : []));

const capabilitiesIn = (bits: number): string[] => flagged(capabilities, bits, (at) => 1 << at);

const text =
  (name: string): Handler =>
  (into, value) =>
    set(into, name, textIn(value));

const word =
  (name: string): Handler =>
  (into, value) => {
    if (value.length === 2) set(into, name, value.readUInt16BE(0));
  };

const linkAggregation: Handler = (into, value) => {
  if (value.length !== 5) return;
  set(into, 'switch_port_link_aggregation_enabled', (value[0]! & 2) !== 0);
  set(into, 'switch_port_link_aggregation_support', (value[0]! & 1) !== 0);
  set(into, 'switch_port_link_aggregation_id', value.readUInt32BE(1));
};

/** 802.1Q, by subtype. */
const ieee8021: Readonly<Record<number, Handler>> = {
  1: word('switch_port_untagged_vlan_id'),
  2(into, value) {
    if (value.length !== 3) return;
    set(into, 'switch_port_protocol_vlan_enabled', (value[0]! & 4) !== 0);
    set(into, 'switch_port_protocol_vlan_support', (value[0]! & 2) !== 0);
    append(into, 'switch_port_protocol_vlan_ids', value.readUInt16BE(1));
  },
  3(into, value) {
    if (value.length < 3 || value.length < 3 + value[2]!) return;
    const name = textIn(value.subarray(3, 3 + value[2]!));
    if (name !== undefined) append(into, 'switch_port_vlans', { name, id: value.readUInt16BE(0) });
  },
  4(into, value) {
    if (value.length < 1 || value.length < 1 + value[0]!) return;
    append(into, 'switch_protocol_identities', value.subarray(1, 1 + value[0]!).toString('hex'));
  },
  6: word('switch_port_management_vlan_id'),
  7: linkAggregation,
};

/** 802.3, by subtype. */
const ieee8023: Readonly<Record<number, Handler>> = {
  1(into, value) {
    const type = value.length === 5 ? mauTypes[value.readUInt16BE(3)] : undefined;
    if (type === undefined) return;
    set(into, 'switch_port_autonegotiation_enabled', (value[0]! & 2) !== 0);
    set(into, 'switch_port_autonegotiation_support', (value[0]! & 1) !== 0);
    const physical = flagged(negotiable, value.readUInt16BE(1), (at) => 0x8000 >> at);
    set(into, 'switch_port_physical_capabilities', physical.sort());
    set(into, 'switch_port_mau_type', type);
  },
  3: linkAggregation,
  4: word('switch_port_mtu'),
};

const organizations: Readonly<Record<string, Readonly<Record<number, Handler>>>> = {
  '0080c2': ieee8021,
  '00120f': ieee8023,
};

/** By type (802.1AB §8.4.1). */
const handlers: Readonly<Record<number, Handler>> = {
  1: (into, value) => set(into, 'switch_chassis_id', idIn(chassisIds, value)),
  2: (into, value) => set(into, 'switch_port_id', idIn(portIds, value)),
  4: text('switch_port_description'),
  5: text('switch_system_name'),
  6: text('switch_system_description'),
  7(into, value) {
    if (value.length !== 4) return;
    set(into, 'switch_capabilities_support', capabilitiesIn(value.readUInt16BE(0)));
    set(into, 'switch_capabilities_enabled', capabilitiesIn(value.readUInt16BE(2)));
  },
  8(into, value) {
    const length = value[0] ?? 0;
    if (length < 2 || value.length < 1 + length) return;
    append(into, 'switch_mgmt_addresses', addressIn(value.subarray(1, 1 + length)));
  },
  127(into, value) {
    if (value.length < 4) return;
    const known = organizations[value.subarray(0, 3).toString('hex')];
    known?.[value[3]!]?.(into, value.subarray(4));
  },
};

/** Everything that is known of what the TLVs say; of values that are there once, the first counts. */
export function parseLldp(tlvs: readonly Tlv[]): Parsed {
  const parsed: Parsed = {};
  for (const { type, value } of tlvs) handlers[type]?.(parsed, value);
  return parsed;
}

/** `local_link_connection` of a port as the TLVs have it; a switch is named by a MAC address only. */
export function linkOf(tlvs: readonly Tlv[]): Readonly<Record<string, string>> {
  const link: Record<string, string> = {};
  for (const { type, value } of tlvs) {
    const [name, told] =
      type === 1
        ? ['switch_id', value[0] === 4 ? idIn(chassisIds, value) : undefined]
        : type === 2
          ? ['port_id', idIn(portIds, value)]
          : ['switch_info', type === 5 ? textIn(value) : undefined];
    if (told) link[name!] ??= told;
  }
  return link;
}
