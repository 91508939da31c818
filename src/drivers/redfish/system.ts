// The resources of a node's BMC, as drivers walk them.
import { defineError } from '#base/errors.ts';
import { UnsupportedDriverExtension } from '#contract/errors.ts';
import type { Answer, Resource } from '#protocols/redfish/client.ts';
import { actionOf, type Json, linkOf, linksOf, part } from '#protocols/redfish/document.ts';
import { pathIn } from '#protocols/redfish/door.ts';
import { RedfishRefused } from '#protocols/redfish/errors.ts';
import type { Task } from '../kinds.ts';
import { redfishInfo } from './info.ts';

/** The most members of a collection that are read: a BMC that tells of more is not believed. */
const mostMembers = 512;

const SystemUnclear = defineError('RedfishSystemUnclear', 500, ({ why }: { why: string }) => `${why}.`);

const foldersOf = (members: readonly string[]): string => members.slice(0, 20).join(', ');

/** Read a resource of the node's BMC. `attempts` is for what nobody waits for. */
export const read = (task: Task, path: string, options?: { attempts?: number }): Promise<Resource> =>
  task.house.redfish.get(redfishInfo(task), path, task.signal, options);

export const post = (task: Task, path: string, body: object): Promise<Answer> =>
  task.house.redfish.post(redfishInfo(task), path, body, task.signal);

/** Change a resource that was read. */
export const change = (task: Task, resource: Pick<Resource, 'path' | 'etag'>, body: object): Promise<Answer> =>
  task.house.redfish.patch(redfishInfo(task), resource, body, task.signal);

/** The path of a link in a document, as far as it has one. */
export const pathOf = (task: Task, body: Json, ...names: readonly string[]): string | undefined =>
  pathIn(redfishInfo(task), linkOf(part(body, ...names)));

/** The service root. */
export const rootOf = (task: Task): Promise<Resource> => read(task, redfishInfo(task).service);

/** The paths of the members of the collection at `path`. */
export async function membersOf(task: Task, path: string): Promise<readonly string[]> {
  const door = redfishInfo(task);
  const found: string[] = [];
  // Long collections come in pages.
  for (let at: string | undefined = path; at && found.length < mostMembers; ) {
    const { body }: Resource = await read(task, at);
    found.push(...linksOf(body).flatMap((link) => pathIn(door, link) ?? []));
    const next = pathIn(door, body['Members@odata.nextLink'] ?? body['@odata.nextLink']);
    at = next === at ? undefined : next;
  }
  return found.slice(0, mostMembers);
}

/** The machine: the system that the node names, or the only one that its BMC has. */
export async function systemOf(task: Task, options?: { attempts?: number }): Promise<Resource> {
  const door = redfishInfo(task);
  if (door.system) return read(task, door.system, options);
  const known = task.house.redfish.onlySystem(door);
  if (known) return knownSystem(task, known, options);
  const root = await read(task, redfishInfo(task).service, options);
  const members = await membersOf(
    task,
    pathOf(task, root.body, 'Systems') ?? `${root.path.replace(/\/+$/, '')}/Systems`,
  );
  if (members.length === 1) {
    task.house.redfish.rememberSystem(door, members[0]);
    return read(task, members[0]!, options);
  }
  throw new SystemUnclear({
    why: members.length
      ? `The BMC has ${members.length} systems (${foldersOf(members)}): name one as driver_info/redfish_system_id`
      : 'The BMC has no systems',
  });
}

/** It was the only system before; where it is no more, it is looked for anew. */
async function knownSystem(task: Task, path: string, options?: { attempts?: number }): Promise<Resource> {
  try {
    return await read(task, path, options);
  } catch (error) {
    if (!(RedfishRefused.is(error) && error.facts.status === 404)) throw error;
    task.house.redfish.rememberSystem(redfishInfo(task), undefined);
    return systemOf(task, options);
  }
}

/** The resource that a link of the system leads to, or undefined where it has none. */
export async function linked(task: Task, from: Resource, ...names: readonly string[]): Promise<Resource | undefined> {
  const path = pathOf(task, from.body, ...names);
  return path === undefined ? undefined : read(task, path);
}

/** The resource of the node's system that a link leads to; throws UnsupportedDriverExtension where the BMC has none. */
export async function required(task: Task, name: string, extension: string, why: string): Promise<Resource> {
  const found = await linked(task, await systemOf(task), name);
  if (found) return found;
  throw new UnsupportedDriverExtension({ driver: task.node.driver, extension, why });
}

/** The members of the collection that a link of `from` leads to; none where it has no such link. */
export async function collected(task: Task, from: Resource, ...names: readonly string[]): Promise<Resource[]> {
  const path = pathOf(task, from.body, ...names);
  if (path === undefined) return [];
  const found: Resource[] = [];
  for (const member of await membersOf(task, path)) found.push(await read(task, member));
  return found;
}

/** What `Links` of a resource lead to under a name: the managers of a system, its chassis. */
export function linksAt(task: Task, from: Resource, name: string): string[] {
  const door = redfishInfo(task);
  return linksOf(part(from.body, 'Links'), name).flatMap((link) => pathIn(door, link) ?? []);
}

/** The manager of the system; the only one of the BMC where the system names none. */
export async function managerOf(task: Task, system: Resource): Promise<Resource | undefined> {
  const [named] = linksAt(task, system, 'ManagedBy');
  if (named) return read(task, named);
  const managers = pathOf(task, (await rootOf(task)).body, 'Managers');
  const members = managers ? await membersOf(task, managers) : [];
  return members.length === 1 ? read(task, members[0]!) : undefined;
}

/** Reset the machine in one of Redfish's ways. Throws where it does not offer any of them. */
export async function reset(task: Task, ...ways: readonly [string, ...string[]]): Promise<void> {
  const system = await systemOf(task);
  const { target, allowed } = actionOf({ ...system.body, '@odata.id': system.path }, 'ComputerSystem.Reset');
  const offered = await allowedResets(task, system, allowed('ResetType'));
  const way = offered.length ? ways.find((w) => offered.includes(w)) : ways[0];
  if (!way)
    throw new SystemUnclear({ why: `The machine offers none of ${ways.join(', ')}, but ${foldersOf(offered)}` });
  await post(task, targetOf(task, target), { ResetType: way });
}

/** Where the values are not with the action, they may be in its ActionInfo. */
async function allowedResets(task: Task, system: Resource, told: readonly string[]): Promise<readonly string[]> {
  if (told.length) return told;
  const action = part(system.body, 'Actions', '#ComputerSystem.Reset');
  const info = pathIn(redfishInfo(task), action['@Redfish.ActionInfo']);
  if (!info) return [];
  const parameters = (await read(task, info)).body.Parameters;
  const named = (Array.isArray(parameters) ? parameters : []).find((p) => part(p).Name === 'ResetType');
  const values = part(named).AllowableValues;
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
}

/** The path of an action of the node's own BMC. */
export const targetOf = (task: Task, target: string): string => pathIn(redfishInfo(task), target) ?? target;
