// Cipher suites and session status codes: IPMI 2.0 tables 13-15 to 13-20, 22-19.

export type HashName = 'sha1' | 'sha256';

export interface Suite {
  readonly id: number;
  /** Algorithm numbers as they go over the wire. */
  readonly auth: number;
  readonly integrity: number;
  readonly confidentiality: number;
  readonly hash: HashName | undefined;
  /** Bytes of the check value in RAKP 4. */
  readonly icvLength: number;
  /** Bytes of the authentication code behind each packet; 0 when packets are not signed. */
  readonly macLength: number;
}

const suite = (id: number, auth: number, integrity: number, confidentiality: number): Suite => ({
  id,
  auth,
  integrity,
  confidentiality,
  hash: auth === 1 ? 'sha1' : auth === 3 ? 'sha256' : undefined,
  icvLength: auth === 1 ? 12 : auth === 3 ? 16 : 0,
  macLength: integrity === 1 ? 12 : integrity === 4 ? 16 : 0,
});

/** The cipher suites that both ends can speak, by their number. */
export const suites: ReadonlyMap<number, Suite> = new Map(
  [
    suite(0, 0, 0, 0),
    suite(1, 1, 0, 0),
    suite(2, 1, 1, 0),
    suite(3, 1, 1, 1),
    suite(15, 3, 0, 0),
    suite(16, 3, 4, 0),
    suite(17, 3, 4, 1),
  ].map((each) => [each.id, each]),
);

/** The suite made of these three algorithms, if it is one that we speak. */
export function suiteOf(auth: number, integrity: number, confidentiality: number): Suite | undefined {
  for (const each of suites.values())
    if (each.auth === auth && each.integrity === integrity && each.confidentiality === confidentiality) return each;
  return undefined;
}

const statusNames: ReadonlyMap<number, string> = new Map([
  [0x00, 'no errors'],
  [0x01, 'insufficient resources to create a session'],
  [0x02, 'invalid session id'],
  [0x03, 'invalid payload type'],
  [0x04, 'invalid authentication algorithm'],
  [0x05, 'invalid integrity algorithm'],
  [0x06, 'no matching authentication payload'],
  [0x07, 'no matching integrity payload'],
  [0x08, 'inactive session id'],
  [0x09, 'invalid role'],
  [0x0a, 'unauthorized role or privilege level requested'],
  [0x0b, 'insufficient resources to create a session at the requested role'],
  [0x0c, 'invalid name length'],
  [0x0d, 'unauthorized name'],
  [0x0e, 'unauthorized GUID'],
  [0x0f, 'invalid integrity check value'],
  [0x10, 'invalid confidentiality algorithm'],
  [0x11, 'no cipher suite match with proposed security algorithms'],
  [0x12, 'illegal or unrecognized parameter'],
]);

/** The session status codes that code here asks for by name (IPMI 2.0 table 13-15). */
export const sessionStatus = {
  ok: 0x00,
  noResources: 0x01,
  invalidSession: 0x02,
  invalidAuth: 0x04,
  invalidIntegrity: 0x05,
  noMatchingAuth: 0x06,
  noMatchingIntegrity: 0x07,
  inactiveSession: 0x08,
  invalidRole: 0x09,
  unauthorizedRole: 0x0a,
  noResourcesAtRole: 0x0b,
  invalidNameLength: 0x0c,
  unauthorizedName: 0x0d,
  unauthorizedGuid: 0x0e,
  invalidCheck: 0x0f,
  invalidConfidentiality: 0x10,
  noSuiteMatch: 0x11,
  illegalParameter: 0x12,
} as const;

/** The words for a session status code. */
export const sessionStatusName = (code: number): string =>
  statusNames.get(code) ?? `status 0x${code.toString(16).padStart(2, '0')}`;
