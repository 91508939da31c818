import type { Resource } from '#protocols/redfish/client.ts';
import type { Task } from '../kinds.ts';
import { redfishInfo } from './info.ts';

type Json = Readonly<Record<string, unknown>>;

/** A part of a document that is a document itself; empty where there is none. */
export const part = (body: Json, ...names: readonly string[]): Json =>
  names.reduce<Json>((at, name) => (at[name] ?? {}) as Json, body);

const linkOf = (body: Json): string | undefined => {
  const link = body['@odata.id'];
  return typeof link === 'string' ? link : undefined;
};

/** Read a resource of the node's BMC. */
export const read = (task: Task, path: string): Promise<Resource> =>
  task.house.redfish.get(redfishInfo(task), path, task.signal);

/** The machine: the system that the node names, or the only one that its BMC has. */
export async function systemOf(task: Task): Promise<Resource> {
  const { system } = redfishInfo(task);
  if (system) return read(task, system);
  const root = await read(task, '/redfish/v1/');
  const systems = await read(task, linkOf(part(root.body, 'Systems')) ?? '/redfish/v1/Systems');
  const members = ((systems.body.Members ?? []) as Json[]).map(linkOf).filter((link) => link !== undefined);
  if (members.length === 1) return read(task, members[0]!);
  throw new Error(
    members.length
      ? `the BMC has ${members.length} systems (${members.join(', ')}): name one as driver_info/redfish_system_id`
      : 'the BMC has no systems',
  );
}

/** Change the system, or a resource that was read from it. */
export const change = (task: Task, resource: Resource, body: object): Promise<void> =>
  task.house.redfish.patch(redfishInfo(task), resource, body, task.signal);

/** The resource that a link of the system leads to, or undefined where it has none. */
export async function linked(task: Task, system: Resource, name: string): Promise<Resource | undefined> {
  const link = linkOf(part(system.body, name));
  return link === undefined ? undefined : read(task, link);
}

/** Reset the machine in one of Redfish's ways. Throws where it does not offer any of them. */
export async function reset(task: Task, ...ways: readonly [string, ...string[]]): Promise<void> {
  const system = await systemOf(task);
  const action = part(system.body, 'Actions', '#ComputerSystem.Reset');
  const allowed = action['ResetType@Redfish.AllowableValues'];
  const way = Array.isArray(allowed) && allowed.length ? ways.find((w) => allowed.includes(w)) : ways[0];
  if (!way) throw new Error(`the machine offers none of ${ways.join(', ')}, but ${(allowed as string[]).join(', ')}`);
  const target = typeof action.target === 'string' ? action.target : `${system.path}/Actions/ComputerSystem.Reset`;
  await task.house.redfish.post(redfishInfo(task), target, { ResetType: way }, task.signal);
}
