import { defineError } from '#base/errors.ts';

interface Where {
  url: string;
  method: string;
}

/** No answer came. */
export const RedfishUnreachable = defineError(
  'RedfishUnreachable',
  500,
  (p: Where & { why: string }) =>
    `${p.method} ${p.url} got no answer: ${p.why}. Check redfish_address, the network to the BMC, and redfish_verify_ca.`,
);

/** The BMC does not accept who asks. */
export const RedfishAuthFailed = defineError(
  'RedfishAuthFailed',
  500,
  (p: Where & { username: string; status: number; why: string }) =>
    `${p.method} ${p.url} was refused to user "${p.username}" with HTTP ${p.status}: ${p.why}. Check redfish_username and redfish_password.`,
);

/** The BMC answered with an error. */
export const RedfishRefused = defineError(
  'RedfishRefused',
  500,
  (p: Where & { status: number; why: string; ids: readonly string[] }) =>
    `${p.method} ${p.url} failed with HTTP ${p.status}: ${p.why}`,
);

/** Sessions were asked for by name, and the BMC gives none. */
export const RedfishNoSession = defineError(
  'RedfishNoSession',
  500,
  (p: { url: string; why: string }) =>
    `The BMC at ${p.url} gives no session: ${p.why}. Set redfish_auth_type to auto or basic.`,
);

/** A long operation of the BMC came to nothing. */
export const RedfishTaskFailed = defineError(
  'RedfishTaskFailed',
  500,
  (p: { url: string; why: string }) => `The BMC's task ${p.url} failed: ${p.why}`,
);

/** A long operation of the BMC takes longer than anybody waits. */
export const RedfishTaskSlow = defineError(
  'RedfishTaskSlow',
  500,
  (p: { url: string; seconds: number; percent: number | undefined }) =>
    `The BMC's task ${p.url} has not ended after ${p.seconds} s${p.percent === undefined ? '' : ` (${p.percent} %)`}.`,
);

/** The BMC's answer is not what Redfish says it is. */
export const RedfishBadAnswer = defineError(
  'RedfishBadAnswer',
  500,
  (p: Where & { what: string }) => `${p.method} ${p.url} answered ${p.what}`,
);

interface Extended {
  readonly Message?: unknown;
  readonly MessageId?: unknown;
}

function extendedIn(text: string): { extended: readonly Extended[]; message: unknown } {
  const { error } = (JSON.parse(text) ?? {}) as { error?: { message?: unknown; '@Message.ExtendedInfo'?: unknown } };
  const told = [error?.['@Message.ExtendedInfo'] ?? []].flat() as unknown[];
  return { extended: told.filter((info) => typeof info === 'object' && info !== null), message: error?.message };
}

/** What an error's body says: its extended messages, else its message, else its beginning (DSP0266 §8.6). */
export function saidBy(text: string): string {
  try {
    const { extended, message } = extendedIn(text);
    const messages = extended.map((info) => info.Message ?? info.MessageId).filter(Boolean);
    const said = messages.length ? messages.join(' ') : message;
    if (said) return String(said).slice(0, 500);
  } catch {
    // HTML or nothing: its beginning is told.
  }
  return text.trim().slice(0, 200) || 'no reason given';
}

/** The message ids in an error's body, such as `Base.1.8.ActionParameterMissing`, and its code; at most 20. */
export function idsIn(text: string): readonly string[] {
  try {
    const { extended } = extendedIn(text);
    const code = (JSON.parse(text) as { error?: { code?: unknown } }).error?.code;
    const ids = [...extended.map((info) => info.MessageId), code];
    return ids.filter((id) => typeof id === 'string').slice(0, 20);
  } catch {
    return [];
  }
}
