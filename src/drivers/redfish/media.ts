// Virtual media that users attach and detach (API 1.89, 1.93).
import { InvalidParameterValue } from '#contract/errors.ts';
import { textOf, texts } from '#protocols/redfish/document.ts';
import type { MediaOrder, Task } from '../kinds.ts';
import { type DeviceType, drivesOf, eject, insert, isDeviceType } from './virtual-media.ts';

function typeOf(name: string): DeviceType {
  if (isDeviceType(name)) return name;
  throw new InvalidParameterValue({ why: `device_type is "${name}": cdrom, disk or floppy is accepted.` });
}

/** The drives of the machine, as users see them. */
export async function media(task: Task): Promise<unknown> {
  return (await drivesOf(task)).map(({ body }) => ({
    id: textOf(body.Id) ?? null,
    name: textOf(body.Name) ?? null,
    media_types: texts(body, 'MediaTypes'),
    inserted: body.Inserted === true,
    image: textOf(body.Image) ?? null,
    image_name: textOf(body.ImageName) ?? null,
    connected_via: textOf(body.ConnectedVia) ?? null,
    write_protected: typeof body.WriteProtected === 'boolean' ? body.WriteProtected : null,
  }));
}

/** From our HTTP server (`local`), or straight from where the image is (`http`). */
export async function attachMedia(task: Task, order: MediaOrder): Promise<void> {
  const type = typeOf(order.device_type);
  const { image_url: image, image_download_source: source } = order;
  if (source === 'swift')
    throw new InvalidParameterValue({ why: 'image_download_source is "swift": local or http is accepted here.' });
  if (!/^(https?|file):\/\//i.test(image))
    throw new InvalidParameterValue({ why: `image_url is "${image}": an http, https or file URL is accepted.` });
  await eject(task, [type]);
  const url = source === 'http' ? image : await publish(task, type, image);
  await insert(task, type, url);
}

const publish = (task: Task, slot: DeviceType, url: string): Promise<string> =>
  task.house.bootMedia.publish({
    node: task.node.uuid,
    slot,
    content: { is: 'given', url },
    ...baseUrlOf(task),
    signal: task.signal,
  });

/** Where this machine's BMC reaches our HTTP server, when the node says it. */
export function baseUrlOf(task: Task): { baseUrl?: string } {
  const told = task.node.driver_info.external_http_url;
  if (told === undefined || told === null || told === '') return {};
  if (typeof told === 'string' && /^https?:\/\/[^\s]+$/.test(told)) return { baseUrl: told };
  throw new InvalidParameterValue({
    why: `driver_info/external_http_url of node ${task.node.uuid} is no http or https URL.`,
  });
}

export async function detachMedia(task: Task, deviceTypes: readonly string[]): Promise<void> {
  const types = deviceTypes.map(typeOf);
  await eject(task, types);
  for (const type of types) await task.house.bootMedia.withdraw(task.node.uuid, type);
}
