import { type Command, privileges } from './command.ts';

/** Any command: netFn, cmd and data as `ipmitool raw` takes them. It is sent once only unless `again` is set. */
export const rawCommand = (bytes: Uint8Array, again = false): Command<Buffer> => ({
  name: `raw ${Buffer.from(bytes.subarray(0, 8)).toString('hex')}`,
  netFn: (bytes[0] ?? 0) & 0x3f,
  cmd: bytes[1] ?? 0,
  data: bytes.subarray(2),
  needs: privileges.administrator,
  once: !again,
  read: (data) => Buffer.from(data),
});
