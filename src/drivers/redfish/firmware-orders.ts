// What a firmware update is asked for, read and checked. Pure.
import { InvalidParameterValue } from '#contract/errors.ts';
import { part } from '#protocols/redfish/document.ts';

export interface FirmwareOrder {
  /** bios, bmc or nic:ID in lower case; absent where the image itself tells. */
  readonly component?: string;
  readonly url: string;
  readonly checksum?: string;
  /** Seconds to wait after this update before the next. */
  readonly wait?: number;
}

const wrong = (why: string) => new InvalidParameterValue({ why: `Firmware update: ${why}` });

const checksumForm = /^[0-9a-f]{40}$|^[0-9a-f]{64}$|^[0-9a-f]{128}$/i;

function orderOf(given: unknown, needsComponent: boolean): FirmwareOrder {
  const { component, url, checksum, wait } = part(given);
  if (typeof url !== 'string' || !/^(https?|file):\/\/\S+$/i.test(url))
    throw wrong(`${JSON.stringify(given)} has no "url" with http, https or file.`);
  const named = typeof component === 'string' ? component.trim().toLowerCase() : undefined;
  if (needsComponent && !(named && /^(bios|bmc|nic:\S+)$/.test(named)))
    throw wrong(`"component" is ${JSON.stringify(component)}; bios, bmc or nic:ID is accepted.`);
  if (checksum !== undefined && !(typeof checksum === 'string' && checksumForm.test(checksum)))
    throw wrong(`"checksum" of ${url} is no SHA-1, SHA-256 or SHA-512 in hexadecimal.`);
  const seconds = wait === undefined || wait === null ? undefined : Number(wait);
  if (seconds !== undefined && !(seconds >= 0 && seconds <= 86_400))
    throw wrong(`"wait" is ${JSON.stringify(wait)}; seconds are accepted.`);
  return {
    url,
    ...(named && { component: named }),
    ...(checksum !== undefined && { checksum: String(checksum).toLowerCase() }),
    ...(seconds !== undefined && { wait: seconds }),
  };
}

/** The updates that a step is asked for, in order. Throws InvalidParameterValue naming what is wrong. */
export function firmwareOrders(given: unknown, what: { needsComponent: boolean }): FirmwareOrder[] {
  if (!Array.isArray(given) || !given.length || given.length > 64)
    throw wrong('a list of objects with "url" is accepted, from 1 to 64.');
  return given.map((one) => orderOf(one, what.needsComponent));
}
