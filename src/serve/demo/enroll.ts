// The machines of the rack become nodes; those that are known already are left as they are, but for where their BMC answers.
import { type ApiClient, pathTo, type Row } from '#cli/api-client.ts';
import { Refused } from '#cli/exit-codes.ts';
import type { MachineDescription } from '#sim/rack.ts';

export interface Enrolled {
  readonly created: number;
  readonly found: number;
}

/** Enroll what is not there yet. */
export async function enroll(client: ApiClient, machines: readonly MachineDescription[]): Promise<Enrolled> {
  let created = 0;
  for (const machine of machines) {
    const known = await nodeNamed(client, machine.name);
    if (!known) {
      await create(client, machine);
      created += 1;
    } else await mend(client, machine, known);
  }
  return { created, found: machines.length - created };
}

async function nodeNamed(client: ApiClient, name: string): Promise<Row | undefined> {
  try {
    return await client.get(pathTo('nodes', name), { fields: 'uuid,driver,driver_info' });
  } catch (error) {
    if (Refused.is(error) && error.facts.status === 404) return undefined;
    throw error;
  }
}

async function create(client: ApiClient, machine: MachineDescription): Promise<void> {
  const node = await client.send('POST', '/v1/nodes', {
    name: machine.name,
    driver: 'ipmi',
    resource_class: 'simulated',
    driver_info: {
      ipmi_address: machine.address,
      ipmi_port: String(machine.port),
      ipmi_username: machine.username,
      ipmi_password: machine.password,
    },
    properties: { cpu_arch: 'x86_64' },
  });
  for (const address of machine.macs)
    await client.send('POST', '/v1/ports', {
      node_uuid: node?.uuid,
      address,
      pxe_enabled: address === machine.macs[0],
    });
}

/** BMCs may answer elsewhere than the last time, where their ports were taken. */
async function mend(client: ApiClient, machine: MachineDescription, node: Row): Promise<void> {
  const { ipmi_port: port } = (node.driver_info ?? {}) as Row;
  if (node.driver !== 'ipmi' || String(port) === String(machine.port)) return;
  const value = String(machine.port);
  await client.send('PATCH', pathTo('nodes', String(node.uuid)), [
    { op: 'add', path: '/driver_info/ipmi_port', value },
  ]);
}
