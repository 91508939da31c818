// The two headers of HTTP authentication (RFC 9110 §11), read and written.

/** User and password of an Authorization header (RFC 7617), or undefined where it holds none. */
export function basicPair(header: string | undefined): { user: string; password: string } | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)\s*$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : { user: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

export const basicChallenge = 'Basic realm="Baremetal API"';

/** What tells a caller without a token where tokens are given. */
export const keystoneChallenge = (uri: string): string => `Keystone uri="${uri.replace(/["\\\r\n]/g, '')}"`;
