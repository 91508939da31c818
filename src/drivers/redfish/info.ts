// The redfish_* fields of driver_info, read and checked (reference: redfish/resources.md §1).
import { InvalidParameterValue, MissingParameterValue } from '#contract/errors.ts';
import type { RedfishDoor } from '#protocols/redfish/door.ts';
import type { Properties, Task } from '../kinds.ts';

export const redfishProperties: Properties = {
  redfish_address: 'URL of the BMC; https where it names no scheme. A path is where the service root lies. Required.',
  redfish_system_id: 'Path of the system, such as /redfish/v1/Systems/1. Needed where the BMC has several.',
  redfish_username: 'User name. Optional.',
  redfish_password: 'Password. Optional.',
  redfish_verify_ca:
    'Whether the certificate is checked, or the path of a file or folder of certificates to check it against. Default true.',
  redfish_auth_type:
    'session, basic, or auto: a session, and basic where the BMC gives none. Default: [redfish]auth_type.',
  firmware_update_unresponsive_bmc_wait:
    'Seconds that the BMC is left alone after its own update. Default: [redfish]firmware_update_wait_unresponsive_bmc.',
  redfish_tls_minimum_version: 'Lowest TLS version: 1.1, 1.2 or 1.3. Default: [redfish]tls_minimum_version.',
  redfish_tls_ciphers: 'Cipher list in the form of OpenSSL. Default: [redfish]tls_ciphers.',
};

export interface RedfishInfo extends RedfishDoor {
  readonly system: string | undefined;
  /** Seconds that the BMC is left alone after its own update. */
  readonly settleSeconds: number;
}

const authTypes = ['auto', 'basic', 'session'] as const;
const tlsVersions = { '1.1': 'TLSv1.1', '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' } as const;

/** What the node says of its BMC. Throws MissingParameterValue or InvalidParameterValue naming the field. */
export function redfishInfo(task: Pick<Task, 'node' | 'config'>): RedfishInfo {
  const info = task.node.driver_info;
  const { redfish } = task.config;
  const text = (field: string): string => String(info[field] ?? '').trim();
  const wrong: Wrong = (field, why) =>
    new InvalidParameterValue({ why: `driver_info/${field} of node ${task.node.uuid} ${why}.` });
  const asked = (text('redfish_auth_type') || redfish.auth_type).toLowerCase();
  const auth = authTypes.find((type) => type === asked);
  if (!auth) throw wrong('redfish_auth_type', `is "${asked}"; it can be ${authTypes.join(', ')}`);
  const username = text('redfish_username');
  if (auth === 'session' && !username)
    throw new MissingParameterValue({
      why: `Node ${task.node.uuid} has no driver_info/redfish_username, which redfish_auth_type "session" needs.`,
    });
  const tls = tlsOf(task, text, wrong);
  return {
    ...rootOf(task, text('redfish_address'), wrong),
    username,
    password: String(info.redfish_password ?? ''),
    auth,
    verify: verifyOf(info.redfish_verify_ca ?? redfish.verify_ca, wrong),
    ...(Object.keys(tls).length && { tls }),
    system: systemOf(text('redfish_system_id'), wrong),
    settleSeconds: secondsOf(
      info.firmware_update_unresponsive_bmc_wait ?? redfish.firmware_update_wait_unresponsive_bmc,
      wrong,
    ),
  };
}

type Wrong = (field: string, why: string) => Error;

function rootOf(task: Pick<Task, 'node'>, address: string, wrong: Wrong): { origin: string; service: string } {
  if (!address)
    throw new MissingParameterValue({
      why: `Node ${task.node.uuid} has no driver_info/redfish_address: the URL of its BMC.`,
    });
  const url = URL.parse(address.includes('://') ? address : `https://${address}`);
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname || url.search || url.hash || url.username)
    throw wrong('redfish_address', `is "${address}": a URL such as https://bmc.example.org is accepted`);
  const path = url.pathname.replace(/\/+$/, '');
  return { origin: url.origin, service: path ? `${path}/` : '/redfish/v1/' };
}

function systemOf(path: string, wrong: Wrong): string | undefined {
  if (!path) return undefined;
  if (!/^\/(?!\/)[\x21-\x7e]*$/.test(path) || path.length > 1024)
    throw wrong('redfish_system_id', `is "${path}", which is no absolute path such as /redfish/v1/Systems/1`);
  return path.replace(/\/+$/, '') || undefined;
}

function tlsOf(task: Pick<Task, 'config'>, text: (field: string) => string, wrong: Wrong): RedfishDoor['tls'] & object {
  const version = text('redfish_tls_minimum_version') || task.config.redfish.tls_minimum_version;
  const ciphers = text('redfish_tls_ciphers') || task.config.redfish.tls_ciphers;
  if (version && !Object.hasOwn(tlsVersions, version))
    throw wrong('redfish_tls_minimum_version', `is "${version}"; it can be ${Object.keys(tlsVersions).join(', ')}`);
  if (ciphers && !/^[\w:+!@=.-]{1,1024}$/.test(ciphers))
    throw wrong('redfish_tls_ciphers', 'is no cipher list such as "ECDHE+AESGCM:!aNULL"');
  return {
    ...(version && { minVersion: tlsVersions[version as keyof typeof tlsVersions] }),
    ...(ciphers && { ciphers }),
  };
}

function verifyOf(value: unknown, wrong: Wrong): boolean | string {
  if (value === undefined || value === null || value === '') return true;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') throw wrong('redfish_verify_ca', 'is neither a boolean nor a path');
  if (/^(true|yes|on|1)$/i.test(value)) return true;
  if (/^(false|no|off|0)$/i.test(value)) return false;
  if (!value.startsWith('/'))
    throw wrong('redfish_verify_ca', `is "${value}": a boolean or an absolute path is accepted`);
  return value;
}

function secondsOf(value: unknown, wrong: Wrong): number {
  const seconds = Number(value);
  if (typeof value !== 'boolean' && Number.isFinite(seconds) && seconds >= 0 && seconds <= 86_400) return seconds;
  throw wrong('firmware_update_unresponsive_bmc_wait', `is ${JSON.stringify(value)}: seconds from 0 up are accepted`);
}
