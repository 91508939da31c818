// Serial over LAN as a payload of a session (IPMI 2.0 §24.1, §24.2).
import { unreadable } from '../wire/unreadable.ts';
import { type Command, nothing, privileges, type Sealed } from './command.ts';

const sol = { type: 1, instance: 1 };

export interface Activated {
  /** Bytes of the largest SOL payload that the BMC takes, its header included. */
  readonly inbound: number;
}

/** Completion codes of Activate Payload that code here asks for by name. */
export const activation = { alreadyActive: 0x80, notEncrypted: 0x83 } as const;

/** Bit 7: encrypted, bit 6: authenticated; serial alerts fail while the line is taken. */
const auxiliary = (s: Sealed): number => (s.encrypted ? 0x80 : 0) | (s.authenticated ? 0x40 : 0);

/** Takes the serial line, sealed as the session is; `clear`: not encrypted, whatever the session is. */
export const activateSol = (clear: boolean): Command<Activated> => ({
  name: 'Activate Payload (SOL)',
  direct: true,
  netFn: 0x06,
  cmd: 0x48,
  data: Uint8Array.of(sol.type, sol.instance, 0, 0, 0, 0),
  dataIn: (sealed) =>
    Uint8Array.of(sol.type, sol.instance, auxiliary(clear ? { ...sealed, encrypted: false } : sealed), 0, 0, 0),
  needs: privileges.user,
  paced: false,
  // Whoever has the line begins to listen to it in a moment.
  lingerMs: 5_000,
  read: (b) => (b.length < 8 ? unreadable('shorter than 8 bytes') : { inbound: b.readUInt16LE(4) }),
});

/** Gives the serial line back, whoever has it. */
export const deactivateSol: Command<undefined> = {
  name: 'Deactivate Payload (SOL)',
  direct: true,
  netFn: 0x06,
  cmd: 0x49,
  data: Uint8Array.of(sol.type, sol.instance, 0, 0, 0, 0),
  needs: privileges.user,
  paced: false,
  read: nothing,
};
