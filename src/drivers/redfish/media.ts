// Virtual media that users attach and detach (API 1.89, 1.93).
import { InvalidParameterValue, UnsupportedDriverExtension } from '#contract/errors.ts';
import { textOf, texts } from '#protocols/redfish/document.ts';
import type { MediaOrder, Task } from '../kinds.ts';
import { type DeviceType, drivesOf, eject, fitting, insert, isDeviceType } from './virtual-media.ts';

function typeOf(name: string): DeviceType {
  if (isDeviceType(name)) return name;
  throw new InvalidParameterValue({ why: `device_type is "${name}": cdrom, disk or floppy is accepted.` });
}

/** The drive that users are shown (its form is that of gophercloud's fixtures): a full one, else the one for CDs. */
export async function media(task: Task): Promise<unknown> {
  const drives = await drivesOf(task);
  const [cdrom] = fitting(drives, 'cdrom');
  const shown = drives.find(({ body }) => body.Inserted === true) ?? cdrom ?? drives[0];
  if (!shown)
    throw new UnsupportedDriverExtension({
      driver: task.node.driver,
      extension: 'virtual media',
      why: 'neither the system nor its manager tells of a drive',
    });
  const { body } = shown;
  return { image: textOf(body.Image) ?? '', inserted: body.Inserted === true, media_types: texts(body, 'MediaTypes') };
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
