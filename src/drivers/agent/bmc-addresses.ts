import { lookup } from 'node:dns/promises';
import type { Task } from '../kinds.ts';

/** Host of what a node says of its BMC: a URL, or an address with or without a port. */
function hostOf(text: string): string | undefined {
  const url = URL.parse(
    text.includes('://') ? text : `https://${text.includes(':') && !text.includes('.') ? `[${text}]` : text}`,
  );
  return url?.hostname.replace(/^\[|\]$/g, '') || undefined;
}

/** The IP addresses of the node's BMC, as far as its driver_info tells and names can be resolved. */
export async function bmcAddresses(task: Task): Promise<string[]> {
  const { ipmi_address, redfish_address } = task.node.driver_info;
  const hosts = [ipmi_address, redfish_address].flatMap((told) =>
    typeof told === 'string' && told.trim() ? (hostOf(told.trim()) ?? []) : [],
  );
  const found = await Promise.all(hosts.map((host) => lookup(host, { all: true }).catch(() => [])));
  return [...new Set(found.flat().map(({ address }) => address))];
}
