// console interface "ipmitool-socat": the name and the URL are Ironic's; serial over LAN and the TCP port are our own.
import { isIP } from 'node:net';
import { InvalidParameterValue, MissingParameterValue } from '#contract/errors.ts';
import type { ConsoleFace, Properties, Task } from '../kinds.ts';
import { bmcOf } from './bmc.ts';
import { portsOf } from './console/port-range.ts';
import { ipmiInfo, ipmiProperties } from './info.ts';

const consoleProperties: Properties = {
  ...ipmiProperties,
  ipmi_terminal_port:
    'TCP port of the serial console on this host. Default: the first free one of [console]port_range.',
};

/** The port that the node itself names. Throws InvalidParameterValue. */
function ownPort({ node }: Task): number | undefined {
  const value = node.driver_info.ipmi_terminal_port ?? '';
  if (value === '') return undefined;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidParameterValue({
    why: `driver_info/ipmi_terminal_port of node ${node.uuid} is "${value}", not a port from 1 to 65535.`,
  });
}

/** The ports that will do: the node's own, or the one that it had last and then those of the range. */
function* wantedPorts(task: Task): Generator<number> {
  const own = ownPort(task);
  if (own !== undefined) return yield own;
  const last = task.info.allocated_ipmi_terminal_port;
  if (last !== undefined) yield last;
  yield* portsOf(task.config.console.port_range);
}

function validate(task: Task): void {
  const { protocol } = ipmiInfo(task);
  if (protocol !== '2.0')
    throw new InvalidParameterValue({
      why: `driver_info/ipmi_protocol_version of node ${task.node.uuid} is ${protocol}; serial over LAN needs 2.0.`,
    });
  if (ownPort(task) === undefined && task.config.console.port_range.length === 0)
    throw new MissingParameterValue({
      why: `Node ${task.node.uuid} has no driver_info/ipmi_terminal_port, and [console]port_range is empty.`,
    });
}

const urlOf = (host: string, port: number): string => `tcp://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

export const ipmiConsole: ConsoleFace = {
  name: 'ipmitool-socat',
  properties: consoleProperties,
  validate,
  async get(task) {
    const { consoles } = task.house;
    const port = consoles.port(task.node.uuid) ?? ownPort(task) ?? task.info.allocated_ipmi_terminal_port;
    if (port === undefined) return null;
    return { type: 'socat', url: urlOf(task.config.console.socat_address, port) };
  },
  async start(task) {
    validate(task);
    const bmc = bmcOf(task);
    const port = await task.house.consoles.open({
      node: task.node.uuid,
      address: task.config.console.socat_address,
      ports: () => wantedPorts(task),
      idleMs: task.config.console.terminal_timeout * 1000,
      connect: (signal) => bmc.solActivate({ signal, force: true }),
    });
    const noted = ownPort(task) === undefined ? port : undefined;
    if (task.info.allocated_ipmi_terminal_port !== noted) await task.note({ allocated_ipmi_terminal_port: noted });
  },
  async stop(task) {
    await task.house.consoles.close(task.node.uuid);
    if (task.info.allocated_ipmi_terminal_port !== undefined)
      await task.note({ allocated_ipmi_terminal_port: undefined });
  },
};
