// ipmi_bridging and the fields that it needs: the way through the BMC to another controller.
import type { Bridge } from '#protocols/ipmi/bridge.ts';
import { oneOf, type Text, type Wrong } from './ipmi-fields.ts';

const kinds = ['no', 'single', 'dual'] as const;
const channel = { most: 15, what: 'a channel from 0 to 15' };
const address = { most: 255, what: 'an address from 0 to 255, such as 0x82' };

/** The bridge that the node asks for, if any; throws what `wrong` and `missing` make of its fields. */
export function bridgeOf(text: Text, wrong: Wrong, missing: Wrong): Bridge | undefined {
  const kind = oneOf('ipmi_bridging', kinds, text('ipmi_bridging') || 'no', wrong);
  if (kind === 'no') return undefined;
  const number = (field: string, limit: { most: number; what: string }): number => {
    const value = text(field).trim();
    if (!value) throw missing(field, `${kind} bridging needs it`);
    const read = /^(0x[0-9a-f]{1,2}|\d{1,3})$/i.test(value) ? Number(value) : Number.NaN;
    if (!(read <= limit.most)) throw wrong(field, `is "${value}", not ${limit.what}`);
    return read;
  };
  return {
    local: text('ipmi_local_address') ? number('ipmi_local_address', address) : undefined,
    transit:
      kind === 'dual'
        ? {
            channel: number('ipmi_transit_channel', channel),
            address: number('ipmi_transit_address', address),
          }
        : undefined,
    target: { channel: number('ipmi_target_channel', channel), address: number('ipmi_target_address', address) },
  };
}
