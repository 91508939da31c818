import { InvalidParameterValue, NotAcceptable } from '#contract/errors.ts';
import { typeName } from '#contract/values.ts';
import type { Verb } from '#contract/verbs.ts';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const anything = (value: unknown): boolean =>
  value === null || typeof value === 'string' || Array.isArray(value) || isObject(value);

/** The parts of a config drive given as an object, with the version from which on. */
const parts: Readonly<Record<string, { since: number; fits: (value: unknown) => boolean }>> = {
  meta_data: { since: 56, fits: isObject },
  network_data: { since: 56, fits: isObject },
  user_data: { since: 56, fits: anything },
  vendor_data: { since: 59, fits: isObject },
};
const objectsSince = 56;
const base64 = /^[A-Za-z0-9+/=\s]+$/;

/** Throws 400 (or 406) unless the config drive has a known form and goes with the verb. */
export function checkConfigDrive(drive: unknown, o: { target: string; verb: Verb | undefined; minor: number }): void {
  const since = o.verb?.takes.configdrive;
  if (since === undefined || since > o.minor)
    throw new InvalidParameterValue({
      why: `A configdrive does not go with the target "${o.target}" in this version.`,
    });
  if (typeof drive === 'string') {
    checkText(drive);
    return;
  }
  if (o.minor < objectsSince)
    throw new NotAcceptable({ what: 'A configdrive given as an object', since: objectsSince });
  for (const [name, value] of Object.entries(drive as object)) {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (!part)
      throw new InvalidParameterValue({
        why: `configdrive: "${name}" is no part of it; there are ${Object.keys(parts).join(', ')}.`,
      });
    if (!part.fits(value))
      throw new InvalidParameterValue({ why: `configdrive: ${name} cannot be ${typeName(value)}.` });
    if (part.since > o.minor) throw new NotAcceptable({ what: `"${name}" in a configdrive`, since: part.since });
  }
}

function checkText(text: string): void {
  if (text.includes('://') || base64.test(text)) return;
  throw new InvalidParameterValue({ why: 'configdrive: neither an object, nor a URL, nor base64 text.' });
}
