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
  (p: Where & { status: number; why: string }) => `${p.method} ${p.url} failed with HTTP ${p.status}: ${p.why}`,
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

/** What an error's body says: its extended messages, else its message, else its beginning (DSP0266 §8.6). */
export function saidBy(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; '@Message.ExtendedInfo'?: unknown } };
    const extended = [error?.['@Message.ExtendedInfo'] ?? []].flat() as Extended[];
    const messages = extended.map((info) => info?.Message ?? info?.MessageId).filter(Boolean);
    const said = messages.length ? messages.join(' ') : error?.message;
    if (said) return String(said).slice(0, 500);
  } catch {
    // HTML or nothing: its beginning is told.
  }
  return text.trim().slice(0, 200) || 'no reason given';
}
