// The redfish_* fields of driver_info, read and checked (reference: redfish/resources.md §1).
import { InvalidParameterValue, MissingParameterValue } from '#contract/errors.ts';
import type { RedfishDoor } from '#protocols/redfish/client.ts';
import type { Properties, Task } from '../kinds.ts';

export const redfishProperties: Properties = {
  redfish_address: 'URL of the BMC; https where it names no scheme. A path is put before /redfish. Required.',
  redfish_system_id: 'Path of the system, such as /redfish/v1/Systems/1. Needed where the BMC has several.',
  redfish_username: 'User name.',
  redfish_password: 'Password.',
  redfish_verify_ca: 'Whether the certificate is checked, or the path of a file to check it against. Default true.',
  redfish_auth_type: 'auto or basic: both are basic authentication. (Sessions are not opened.)',
};

export interface RedfishInfo extends RedfishDoor {
  readonly system: string | undefined;
}

/** What the node says of its BMC. Throws MissingParameterValue or InvalidParameterValue naming the field. */
export function redfishInfo(task: Task): RedfishInfo {
  const info = task.node.driver_info;
  const text = (field: string): string => String(info[field] ?? '').trim();
  const wrong = (field: string, why: string) =>
    new InvalidParameterValue({ why: `driver_info/${field} of node ${task.node.uuid} ${why}.` });
  const auth = text('redfish_auth_type') || 'auto';
  if (auth !== 'auto' && auth !== 'basic') throw wrong('redfish_auth_type', `is "${auth}"; it can be auto or basic`);
  const system = text('redfish_system_id');
  if (system && !system.startsWith('/')) throw wrong('redfish_system_id', `is "${system}", which is no absolute path`);
  return {
    root: rootOf(task, text('redfish_address'), wrong),
    username: text('redfish_username'),
    password: String(info.redfish_password ?? ''),
    verify: verifyOf(info.redfish_verify_ca ?? task.config.redfish.verify_ca, wrong),
    system: system.replace(/\/+$/, '') || undefined,
  };
}

type Wrong = (field: string, why: string) => Error;

function rootOf(task: Task, address: string, wrong: Wrong): string {
  if (!address)
    throw new MissingParameterValue({
      why: `Node ${task.node.uuid} has no driver_info/redfish_address: the URL of its BMC.`,
    });
  const url = URL.parse(address.includes('://') ? address : `https://${address}`);
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname || url.search || url.username)
    throw wrong('redfish_address', `is "${address}": a URL such as https://bmc.example.org is accepted`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function verifyOf(value: unknown, wrong: Wrong): boolean | string {
  if (value === undefined || value === null || value === '') return true;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') throw wrong('redfish_verify_ca', 'is neither a boolean nor a path');
  if (/^(true|yes|on|1)$/i.test(value)) return true;
  return /^(false|no|off|0)$/i.test(value) ? false : value;
}
