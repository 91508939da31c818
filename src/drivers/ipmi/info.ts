// The ipmi_* fields of driver_info, read and checked (reference: hardware.json driver_info_fields).
import { InvalidParameterValue, MissingParameterValue } from '#contract/errors.ts';
import type { Bridge } from '#protocols/ipmi/bridge.ts';
import type { Properties, Task } from '../kinds.ts';
import { bridgeOf } from './bridging.ts';
import { oneOf, type Text, type Wrong } from './ipmi-fields.ts';

export const ipmiProperties: Properties = {
  ipmi_address: 'IP address or host name of the BMC. Required.',
  ipmi_username: 'User name; the anonymous user where it is not set.',
  ipmi_password: 'Password.',
  ipmi_port: 'UDP port of the BMC. Default 623.',
  ipmi_priv_level: 'ADMINISTRATOR, OPERATOR, USER or CALLBACK. Default ADMINISTRATOR.',
  ipmi_hex_kg_key: 'Kg key as 40 hexadecimal digits, for BMCs with two-key login.',
  ipmi_cipher_suite: 'Number of the cipher suite (0 to 17); 17, then 3 where it is not set.',
  ipmi_protocol_version: '2.0, or 1.5 for BMCs that speak nothing newer: it has no encryption. Default 2.0.',
  ipmi_bridging: 'single or dual: commands go through the BMC to another controller. Default no.',
  ipmi_target_channel: 'Channel of the bridged controller. Required with single and dual bridging.',
  ipmi_target_address: 'Address of the bridged controller. Required with single and dual bridging.',
  ipmi_transit_channel: 'Channel of the controller in between. Required with dual bridging.',
  ipmi_transit_address: 'Address of the controller in between. Required with dual bridging.',
  ipmi_local_address: 'Our own address on the bus of a bridged controller. Default 0x20, that of the BMC.',
  ipmi_disable_boot_timeout:
    'Keep the boot device beyond the 60 s after which BMCs forget it. Default: [ipmi]disable_boot_timeout.',
  ipmi_force_boot_device: 'Set the boot device anew at each power-on. Default false.',
};

const levels = { ADMINISTRATOR: 'administrator', OPERATOR: 'operator', USER: 'user', CALLBACK: 'callback' } as const;
const levelNames = Object.keys(levels) as (keyof typeof levels)[];
const protocols = ['2.0', '1.5'] as const;

export interface IpmiInfo {
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly protocol: (typeof protocols)[number];
  readonly privilege: (typeof levels)[keyof typeof levels];
  readonly kg: Buffer | undefined;
  readonly cipherSuites: readonly number[] | undefined;
  readonly bridge: Bridge | undefined;
  readonly disableBootTimeout: boolean;
  readonly forceBootDevice: boolean;
}

/** What the node says of its BMC. Throws MissingParameterValue or InvalidParameterValue naming the field. */
export function ipmiInfo(task: Task): IpmiInfo {
  const info = task.node.driver_info;
  const text: Text = (field) => (info[field] === undefined || info[field] === null ? '' : String(info[field]));
  const wrong: Wrong = (field, why) =>
    new InvalidParameterValue({ why: `driver_info/${field} of node ${task.node.uuid} ${why}.` });
  const missing = (field: string, why: string) =>
    new MissingParameterValue({ why: `Node ${task.node.uuid} has no driver_info/${field}: ${why}.` });

  const address = text('ipmi_address').trim();
  if (!address) throw missing('ipmi_address', 'the address of its BMC');
  if (!/^[A-Za-z0-9:._-]+$/.test(address))
    throw wrong('ipmi_address', `is "${address}", which is no address or host name`);
  const kg = text('ipmi_hex_kg_key');
  if (kg && !/^[0-9a-fA-F]{40}$/.test(kg)) throw wrong('ipmi_hex_kg_key', 'must be 40 hexadecimal digits');
  const protocol = oneOf('ipmi_protocol_version', protocols, text('ipmi_protocol_version') || '2.0', wrong);
  const { ipmi } = task.config;
  return {
    address,
    port: portOf(text('ipmi_port'), wrong),
    username: text('ipmi_username'),
    password: text('ipmi_password'),
    protocol,
    privilege: levels[oneOf('ipmi_priv_level', levelNames, text('ipmi_priv_level') || 'ADMINISTRATOR', wrong)],
    kg: kg ? Buffer.from(kg, 'hex') : undefined,
    cipherSuites: suitesOf(text('ipmi_cipher_suite'), ipmi.cipher_suite_versions, wrong),
    bridge: bridgeOf(text, wrong, missing),
    disableBootTimeout: truth(info.ipmi_disable_boot_timeout, ipmi.disable_boot_timeout),
    forceBootDevice: truth(info.ipmi_force_boot_device, false),
  };
}

function portOf(text: string, wrong: Wrong): number {
  if (!text) return 623;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw wrong('ipmi_port', `is "${text}", not a port from 1 to 65535`);
  return port;
}

/** The node's own suite alone; else the option's list, which is tried from its end (reference: commands.md §2). */
function suitesOf(text: string, option: readonly string[], wrong: Wrong): readonly number[] | undefined {
  const known = [0, 1, 2, 3, 15, 16, 17];
  if (text) {
    const suite = Number(text);
    if (!known.includes(suite)) throw wrong('ipmi_cipher_suite', `is "${text}"; spoken are ${known.join(', ')}`);
    return [suite];
  }
  return option.length ? option.map(Number).toReversed() : undefined;
}

function truth(value: unknown, fallback: boolean): boolean {
  if (value === undefined || value === null) return fallback;
  return value === true || /^(true|t|yes|y|on|1)$/i.test(String(value).trim());
}
