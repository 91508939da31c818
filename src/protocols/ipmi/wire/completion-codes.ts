// IPMI 2.0 table 5-2.
const generic: ReadonlyMap<number, string> = new Map([
  [0x00, 'command completed normally'],
  [0xc0, 'node busy'],
  [0xc1, 'invalid command'],
  [0xc2, 'command invalid for given LUN'],
  [0xc3, 'timeout while processing command'],
  [0xc4, 'out of space'],
  [0xc5, 'reservation cancelled or invalid reservation id'],
  [0xc6, 'request data truncated'],
  [0xc7, 'request data length invalid'],
  [0xc8, 'request data field length limit exceeded'],
  [0xc9, 'parameter out of range'],
  [0xca, 'cannot return number of requested data bytes'],
  [0xcb, 'requested sensor, data or record not present'],
  [0xcc, 'invalid data field in request'],
  [0xcd, 'command illegal for specified sensor or record type'],
  [0xce, 'command response could not be provided'],
  [0xcf, 'cannot execute duplicated request'],
  [0xd0, 'SDR repository in update mode'],
  [0xd1, 'device in firmware update mode'],
  [0xd2, 'BMC initialization in progress'],
  [0xd3, 'destination unavailable'],
  [0xd4, 'insufficient privilege level'],
  [0xd5, 'command not supported in present state'],
  [0xd6, 'sub-function disabled or unavailable'],
  [0xff, 'unspecified error'],
]);

// Codes 80h to BEh mean what their command says: netFn, command, code, words.
const specific: readonly (readonly [number, number, number, string])[] = [
  [0x00, 0x08, 0x80, 'boot option parameter not supported'],
  [0x00, 0x08, 0x81, 'set already in progress'],
  [0x00, 0x08, 0x82, 'read-only parameter'],
  [0x00, 0x09, 0x80, 'boot option parameter not supported'],
  [0x0c, 0x01, 0x80, 'LAN parameter not supported'],
  [0x0c, 0x01, 0x81, 'set already in progress'],
  [0x0c, 0x01, 0x82, 'read-only parameter'],
  [0x0c, 0x02, 0x80, 'LAN parameter not supported'],
  [0x06, 0x34, 0x80, 'invalid session handle'],
  [0x06, 0x34, 0x81, 'lost arbitration of the bus'],
  [0x06, 0x34, 0x82, 'bus error'],
  [0x06, 0x34, 0x83, 'nobody is at the address'],
  [0x06, 0x39, 0x81, 'invalid user name'],
  [0x06, 0x39, 0x82, 'the user without a name is not enabled'],
  [0x06, 0x3a, 0x81, 'no session slot is free'],
  [0x06, 0x3a, 0x82, 'no session slot is free for the user'],
  [0x06, 0x3a, 0x83, 'no session slot is free at the privilege'],
  [0x06, 0x3a, 0x85, 'invalid session id'],
  [0x06, 0x3a, 0x86, 'privilege exceeds the limit of the user or channel'],
  [0x06, 0x3b, 0x80, 'privilege level not available for this user'],
  [0x06, 0x3b, 0x81, 'privilege level exceeds the limit of the user or channel'],
  [0x06, 0x48, 0x80, 'payload already active on another session'],
  [0x06, 0x48, 0x81, 'payload type is disabled'],
  [0x06, 0x48, 0x82, 'payload activation limit reached'],
  [0x06, 0x48, 0x83, 'cannot activate payload with encryption'],
  [0x06, 0x48, 0x84, 'cannot activate payload without encryption'],
  [0x06, 0x49, 0x80, 'payload already deactivated'],
  [0x06, 0x49, 0x81, 'payload type is disabled'],
];

/** The words for a completion code that answers command `cmd` of `netFn`. */
export function completionName(netFn: number, cmd: number, code: number): string {
  const row = specific.find(([n, c, value]) => n === netFn && c === cmd && value === code);
  return row?.[3] ?? generic.get(code) ?? 'command-specific or OEM error';
}

/** The completion codes that code here asks for by name. */
export const completion = {
  ok: 0x00,
  busy: 0xc0,
  invalidCommand: 0xc1,
  timeout: 0xc3,
  outOfSpace: 0xc4,
  reservationLost: 0xc5,
  lengthInvalid: 0xc7,
  lengthExceeded: 0xc8,
  outOfRange: 0xc9,
  tooManyBytes: 0xca,
  notPresent: 0xcb,
  invalidField: 0xcc,
  initializing: 0xd2,
  privilege: 0xd4,
  presentState: 0xd5,
  unspecified: 0xff,
} as const;
