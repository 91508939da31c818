/** A BMC and how it is known. */
export interface RedfishDoor {
  /** Scheme, host and port: no request goes anywhere else. */
  readonly origin: string;
  /** Path of the service root, with a trailing slash: `/redfish/v1/` where nothing else was said. */
  readonly service: string;
  readonly username: string;
  readonly password: string;
  /** `auto` opens a session, and is basic where the BMC has no sessions to give. */
  readonly auth: 'auto' | 'basic' | 'session';
  /** A file or folder of certificates to trust, true for the system's own, false for none. */
  readonly verify: boolean | string;
  readonly tls?: { readonly minVersion?: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'; readonly ciphers?: string };
}

/** Two doors with the same key share their session. */
export const doorKey = ({ origin, service, username, password, auth }: RedfishDoor): string =>
  JSON.stringify([origin, service, username, password, auth]);

const longest = 2048;

/**
 * The path that a link or `Location` of a BMC's answer names, or undefined where it names none. Its host, if it names
 * one, counts for nothing: what a BMC tells is asked of that BMC only.
 */
export function pathIn(door: Pick<RedfishDoor, 'origin'>, link: unknown): string | undefined {
  if (typeof link !== 'string' || !link || link.length > longest) return undefined;
  const url = URL.parse(link, `${door.origin}/`);
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  return `${url.pathname}${url.search}`;
}
