// Sessions at BMCs: opened at the first request, kept for the next ones, opened anew when they were refused, and closed at
// the end, as BMCs have few of them (reference: redfish/resources.md §1 Session).
import type { Clock } from '#base/clock.ts';
import { linkOf, part } from './document.ts';
import { doorKey, pathIn, type RedfishDoor } from './door.ts';
import { RedfishAuthFailed, RedfishNoSession, saidBy } from './errors.ts';
import type { Exchanger, RawReply } from './exchange.ts';
import { parsed } from './parsed.ts';

export type Credentials = Readonly<Record<string, string>>;

interface Entry {
  readonly headers: Credentials;
  readonly door: RedfishDoor;
  /** A session: where it is closed. */
  readonly location?: string;
  readonly isSession: boolean;
  /** Basic authentication in place of a session: when a session is tried again. */
  readonly until?: number;
}

const retrySessionsMs = 5 * 60_000;
const logoutMs = 2000;

export class Sessions {
  readonly #exchanger: Exchanger;
  readonly #clock: Clock;
  readonly #most: number;
  /** The oldest first. */
  readonly #entries = new Map<string, Promise<Entry>>();

  constructor(exchanger: Exchanger, clock: Clock, most: number) {
    this.#exchanger = exchanger;
    this.#clock = clock;
    this.#most = most;
  }

  /** What a request to the door has to carry. Throws RedfishAuthFailed, RedfishNoSession, RedfishUnreachable. */
  async credentials(door: RedfishDoor, signal: AbortSignal): Promise<{ headers: Credentials; isSession: boolean }> {
    if (!door.username) return { headers: {}, isSession: false };
    if (door.auth === 'basic') return { headers: basic(door), isSession: false };
    const key = doorKey(door);
    const known = await this.#entries.get(key)?.catch(() => undefined);
    if (known && (known.until === undefined || known.until > this.#clock.now())) return known;
    if (known) this.#entries.delete(key);
    for (;;) {
      try {
        return await (this.#entries.get(key) ?? this.#open(door, key, signal));
      } catch (error) {
        // Whoever began to log in was broken off; whoever waited for it begins anew.
        const others = error instanceof Error && error.name === 'AbortError' && !signal.aborted;
        if (!others) throw error;
        this.#entries.delete(key);
      }
    }
  }

  /** The session that `headers` belong to was refused: the next request opens another. */
  async refused(door: RedfishDoor, headers: Credentials): Promise<void> {
    const key = doorKey(door);
    const known = await this.#entries.get(key)?.catch(() => undefined);
    if (known?.headers === headers) this.#entries.delete(key);
  }

  /** Close every session that is open. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(async (entry) => this.#logOut(await entry.catch(() => undefined))));
  }

  #open(door: RedfishDoor, key: string, signal: AbortSignal): Promise<Entry> {
    const opening = this.#logIn(door, signal);
    this.#entries.set(key, opening);
    opening.catch(() => {
      if (this.#entries.get(key) === opening) this.#entries.delete(key);
    });
    const [oldest] = this.#entries;
    if (oldest && this.#entries.size > this.#most) {
      this.#entries.delete(oldest[0]);
      void oldest[1].then((entry) => this.#logOut(entry)).catch(() => {});
    }
    return opening;
  }

  async #logIn(door: RedfishDoor, signal: AbortSignal): Promise<Entry> {
    const path = await this.#sessionsPath(door, signal);
    if (path === undefined) return this.#without(door, 'it tells of no session service');
    const body = { UserName: door.username, Password: door.password };
    const reply = await this.#exchanger.send(door, { method: 'POST', path, body, signal });
    const token = reply.headers['x-auth-token'];
    if (reply.status === 401 || reply.status === 403) throw authFailed(door, 'POST', path, reply);
    if (reply.status >= 300 || typeof token !== 'string' || !token)
      return this.#without(door, `POST ${path} gave HTTP ${reply.status}: ${saidBy(reply.text)}`);
    const location = pathIn(door, reply.headers.location) ?? pathIn(door, linkOf(parsed(reply.text) ?? {}));
    return { headers: { 'x-auth-token': token }, door, isSession: true, ...(location && { location }) };
  }

  /** No session is to be had, for now. */
  #without(door: RedfishDoor, why: string): Entry {
    if (door.auth === 'session') throw new RedfishNoSession({ url: door.origin, why });
    return { headers: basic(door), door, isSession: false, until: this.#clock.now() + retrySessionsMs };
  }

  async #sessionsPath(door: RedfishDoor, signal: AbortSignal): Promise<string | undefined> {
    const root = await this.#read(door, door.service, signal);
    const direct = pathIn(door, linkOf(part(root, 'Links', 'Sessions')));
    if (direct) return direct;
    const service = pathIn(door, linkOf(part(root, 'SessionService')));
    return service && pathIn(door, linkOf(part(await this.#read(door, service, signal), 'Sessions')));
  }

  /** The root may be read by anybody; where it may not, with the password. */
  async #read(door: RedfishDoor, path: string, signal: AbortSignal) {
    const ask = { method: 'GET', path, signal } as const;
    let reply = await this.#exchanger.send(door, ask);
    if (reply.status === 401 || reply.status === 403)
      reply = await this.#exchanger.send(door, { ...ask, headers: basic(door) });
    if (reply.status === 401 || reply.status === 403) throw authFailed(door, 'GET', path, reply);
    return (reply.status < 300 && parsed(reply.text)) || {};
  }

  async #logOut(entry: Entry | undefined): Promise<void> {
    if (!entry?.location) return;
    const { door, headers, location } = entry;
    const signal = AbortSignal.timeout(logoutMs);
    // A session that cannot be closed ends by itself.
    await this.#exchanger.send(door, { method: 'DELETE', path: location, headers, signal }).catch(() => {});
  }
}

const basic = ({ username, password }: RedfishDoor): Credentials => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});

export const authFailed = (door: RedfishDoor, method: string, path: string, { status, text }: RawReply): Error =>
  new RedfishAuthFailed({
    url: `${door.origin}${path}`,
    method,
    username: door.username,
    status,
    why: saidBy(text),
  });
