// The request that tells nova of a power state. (reference: nova-power-update.md §2, recorded in the lab's openstack.md §2)
import { explain } from '#base/errors.ts';
import type { Adapter } from '#openstack/adapter.ts';
import { ServiceUnreachable } from '#openstack/errors.ts';
import type { Reply } from './verdict.ts';

export interface PowerUpdate {
  readonly instance: string;
  readonly state: 'power on' | 'power off';
  /** Of the request that caused the change; none where nobody asked for it. */
  readonly requestId: string | undefined;
}

/** Tells nova, once. Never throws: that nothing came back is a reply too. */
export type TellNova = (update: PowerUpdate, signal: AbortSignal) => Promise<Reply>;

const microversion = '2.76';
const tags = { 'power on': 'POWER_ON', 'power off': 'POWER_OFF' } as const;

/** Spaced as Python's json module does: byte for byte what nova has always been sent. */
export const bodyOf = ({ instance, state }: PowerUpdate): string =>
  `{"events": [{"name": "power-update", "server_uuid": ${JSON.stringify(instance)}, "tag": "${tags[state]}"}]}`;

export function tellThrough(adapter: Adapter, userAgent: string): TellNova {
  return async (update, signal) => {
    try {
      const { status, headers, text } = await adapter.request({
        method: 'POST',
        path: '/os-server-external-events',
        headers: {
          Accept: '*/*',
          'OpenStack-API-Version': `compute ${microversion}`,
          'X-OpenStack-Nova-API-Version': microversion,
          'Content-Type': 'application/json',
          'User-Agent': userAgent,
          ...(update.requestId && { 'X-OpenStack-Request-ID': update.requestId }),
        },
        body: bodyOf(update),
        signal,
      });
      const seconds = Number(headers['retry-after']);
      return { is: 'answer', status, text, ...(seconds > 0 && { retryAfterSeconds: seconds }) };
    } catch (error) {
      // Whatever failed before the request went out (no token, no endpoint) left nothing behind.
      const mayHaveArrived =
        ServiceUnreachable.is(error) && error.facts.method === 'POST' && error.facts.mayHaveArrived;
      return { is: 'silence', why: explain(error), mayHaveArrived };
    }
  };
}
