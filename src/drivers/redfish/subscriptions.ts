// Who hears of the BMC's events: subscriptions, as methods of the vendor interface (reference: redfish/resources.md §2).
import {
  InvalidParameterValue,
  MissingParameterValue,
  NotFound,
  UnsupportedDriverExtension,
} from '#contract/errors.ts';
import type { Resource } from '#protocols/redfish/client.ts';
import { type Json, parts, textOf, texts } from '#protocols/redfish/document.ts';
import { RedfishRefused } from '#protocols/redfish/errors.ts';
import type { Task } from '../kinds.ts';
import { redfishInfo } from './info.ts';
import { linked, membersOf, pathOf, post, read, rootOf } from './system.ts';

type Args = Readonly<Record<string, unknown>>;

const wrong = (why: string) => new InvalidParameterValue({ why: `Event subscription: ${why}.` });
const takes = ['Destination', 'Protocol', 'Context', 'EventTypes', 'HttpHeaders', 'method'];

/** Throws what is wrong with the arguments of create_subscription. */
export function checkSubscription(args: Args): void {
  const { Destination, Protocol, Context, EventTypes, HttpHeaders } = args;
  const unknown = Object.keys(args).filter((name) => !takes.includes(name));
  if (unknown.length) throw wrong(`${unknown.join(', ')} is not known; there are ${takes.slice(0, -1).join(', ')}`);
  if (Destination === undefined)
    throw new MissingParameterValue({ why: 'The argument "Destination" is missing: the URL that events are sent to.' });
  if (typeof Destination !== 'string' || !/^https?:\/\/\S+$/.test(Destination))
    throw wrong('Destination is no http or https URL');
  if (Protocol !== undefined && Protocol !== 'Redfish') throw wrong('Protocol can be Redfish alone');
  if (Context !== undefined && typeof Context !== 'string') throw wrong('Context is no text');
  const words = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (EventTypes !== undefined && !words(EventTypes)) throw wrong('EventTypes is no list of texts');
  const headers = (value: unknown) =>
    Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
  if (HttpHeaders !== undefined && !headers(HttpHeaders)) throw wrong('HttpHeaders is no list of objects');
}

async function collectionOf(task: Task): Promise<string> {
  const service = await linked(task, await rootOf(task), 'EventService');
  const path = service && pathOf(task, service.body, 'Subscriptions');
  if (path) return path;
  throw new UnsupportedDriverExtension({
    driver: task.node.driver,
    extension: 'event subscriptions',
    why: 'the BMC has no EventService',
  });
}

const shown = ({ body, path }: { body: Json; path: string }) => ({
  Id: textOf(body.Id) ?? path.split('/').filter(Boolean).at(-1) ?? null,
  Context: textOf(body.Context) ?? '',
  Destination: textOf(body.Destination) ?? null,
  EventTypes: texts(body, 'EventTypes'),
  Protocol: textOf(body.Protocol) ?? null,
});

export async function createSubscription(task: Task, args: Args): Promise<unknown> {
  const order = {
    Destination: args.Destination,
    Protocol: 'Redfish',
    Context: args.Context ?? '',
    EventTypes: args.EventTypes ?? ['Alert'],
    ...(Array.isArray(args.HttpHeaders) && args.HttpHeaders.length && { HttpHeaders: parts(args, 'HttpHeaders') }),
  };
  const path = await collectionOf(task);
  const answer = await post(task, path, order).catch((error: unknown) => {
    // Some have their collection under a name with a slash, and some without.
    const moved = RedfishRefused.is(error) && [404, 405].includes(error.facts.status);
    if (!moved) throw error;
    return post(task, path.endsWith('/') ? path.slice(0, -1) : `${path}/`, order);
  });
  const made = answer.location ?? pathOf(task, answer.body);
  return shown(made ? await read(task, made) : { body: answer.body, path });
}

export async function allSubscriptions(task: Task): Promise<unknown> {
  const path = await collectionOf(task);
  return {
    '@odata.id': path,
    Name: 'Event Subscriptions Collection',
    Members: (await membersOf(task, path)).map((member) => ({ '@odata.id': member })),
  };
}

/** The subscription that the argument `id` names, by its id or its path. Throws NotFound. */
async function named(task: Task, { id }: Args): Promise<Resource> {
  if (typeof id !== 'string' || !id)
    throw new MissingParameterValue({ why: 'The argument "id" is missing: which subscription?' });
  const members = await membersOf(task, await collectionOf(task));
  const path = members.find((member) => member === id || member.replace(/\/+$/, '').split('/').at(-1) === id);
  if (!path) throw new NotFound({ why: `The BMC has no event subscription ${id}.` });
  return read(task, path);
}

export const oneSubscription = async (task: Task, args: Args): Promise<unknown> => shown(await named(task, args));

export async function deleteSubscription(task: Task, args: Args): Promise<void> {
  const { path } = await named(task, args);
  await task.house.redfish.delete(redfishInfo(task), path, task.signal);
}
