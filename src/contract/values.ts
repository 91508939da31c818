// Values as clients write them: flags, UUIDs, MAC addresses, names. Each reader returns the kept form or throws 400.
import { isUuid } from '#base/ids.ts';
import { InvalidMAC, InvalidParameterValue, InvalidUUID, InvalidUuidOrName } from './errors.ts';

const yes = new Set(['1', 't', 'true', 'on', 'y', 'yes']);
const no = new Set(['0', 'f', 'false', 'off', 'n', 'no']);

/** A boolean, or one of its usual spellings in text. */
export function readFlag(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'object' ? '' : String(value).trim().toLowerCase();
  if (yes.has(text)) return true;
  if (no.has(text)) return false;
  throw new InvalidParameterValue({
    why: `${name}: "${String(value)}" is neither true nor false; accepted are ${[...yes, ...no].join(', ')}.`,
  });
}

/** A whole number, also as text. */
export function readInteger(name: string, value: unknown): number {
  const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new InvalidParameterValue({ why: `${name}: "${String(value)}" is not a whole number.` });
}

/** A whole number of which more than can be counted is as good as the most. */
export const readCount = (name: string, value: unknown): number =>
  typeof value === 'string' && /^\s*\+?\d{16,}\s*$/.test(value) ? Number.MAX_SAFE_INTEGER : readInteger(name, value);

export function readText(name: string, value: unknown): string {
  if (typeof value === 'string' && !value.includes('\0')) return value;
  throw new InvalidParameterValue({ why: `${name}: text is accepted, not ${typeName(value)}.` });
}

/** A UUID, as written. */
export function readUuid(name: string, value: unknown): string {
  if (typeof value === 'string' && isUuid(value)) return value;
  throw new InvalidUUID({ field: name, value: String(value) });
}

const macShape = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

export const isMac = (text: string): boolean => macShape.test(text);

/** A MAC address in lower case. */
export function readMac(value: unknown): string {
  if (typeof value === 'string' && isMac(value)) return value.toLowerCase();
  throw new InvalidMAC({ value: String(value) });
}

/** A list in a query: separated by commas, lower case, trimmed, each once. An empty text is a list of nothing. */
export function readList(text: string): string[] {
  const items = text.split(',').map((item) => item.trim().toLowerCase());
  return [...new Set(items)].filter((item) => item !== '');
}

const logicalName = /^[a-zA-Z0-9\-._~]{1,255}$/;
const hostName = /^(?=.{1,255}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** Whether `text` may be a name: from 1.10 on any unreserved characters of RFC 3986, before that a host name. */
export const isLogicalName = (text: string, minor: number): boolean =>
  (minor >= 10 ? logicalName : hostName).test(text);

const reserved = new Set(['detail', 'validate', 'states', 'vendor_passthru', 'management', 'maintenance']);

/** Whether a node may be called so: a logical name, no UUID, no word that stands for something in a path. */
export const isNodeName = (text: string, minor: number): boolean =>
  isLogicalName(text, minor) && !isUuid(text) && !reserved.has(text);

export const isIdent = (text: string): boolean => isUuid(text) || logicalName.test(text);

/** What a path names a thing by: a UUID or a logical name. */
export function readIdent(name: string, text: string): string {
  if (isIdent(text)) return text;
  throw new InvalidUuidOrName({ field: name, value: text });
}

/** The JSON type of a value, in words. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'a number' : 'a boolean';
}
