import type { Bmc } from '#protocols/ipmi/bmc.ts';
import type { Task } from '../kinds.ts';
import { ipmiInfo } from './info.ts';

/** The node's BMC. Nodes with the same BMC and credentials share its queue and session. */
export function bmcOf(task: Task): Bmc {
  const info = ipmiInfo(task);
  const { min_command_interval, command_retry_timeout } = task.config.ipmi;
  return task.house.ipmi.bmc({
    address: info.address,
    port: info.port,
    username: info.username,
    password: info.password,
    privilege: info.privilege,
    protocol: info.protocol,
    ...(info.bridge && { bridge: info.bridge }),
    ...(info.kg && { kg: info.kg }),
    ...(info.cipherSuites && { cipherSuites: info.cipherSuites }),
    minCommandIntervalMs: min_command_interval * 1000,
    commandTimeoutMs: command_retry_timeout * 1000,
  });
}
