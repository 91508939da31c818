// Who may ask a simulated Redfish service: a password with each request, or a session.
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, collection, type Json, missing, notFound, resource, wrong } from './reply.ts';

const sessionsPath = '/redfish/v1/SessionService/Sessions';

interface Session {
  readonly id: string;
  readonly token: string;
  readonly user: string;
}

export class RedfishUsers {
  readonly #username: string;
  readonly #password: string;
  readonly #sessions = new Map<string, Session>();
  #made = 0;

  constructor(username: string, password: string) {
    this.#username = username;
    this.#password = password;
  }

  get open(): number {
    return this.#sessions.size;
  }

  /** All sessions end, as when a BMC restarts. */
  forget(): void {
    this.#sessions.clear();
  }

  knows(headers: IncomingHttpHeaders): boolean {
    const token = headers['x-auth-token'];
    if (typeof token === 'string') return [...this.#sessions.values()].some((session) => session.token === token);
    const [scheme, packed = ''] = (headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'basic') return false;
    return Buffer.from(packed, 'base64').toString('utf8') === `${this.#username}:${this.#password}`;
  }

  /** Open a session where there is room for one of `most`. */
  logIn(body: Json, most: number): Answer {
    if (typeof body.UserName !== 'string') return missing('UserName', 'Sessions');
    if (body.UserName !== this.#username || body.Password !== this.#password)
      return wrong(401, 'ResourceAtUriUnauthorized', 'The user name or password is not right.');
    if (this.#sessions.size >= most)
      return wrong(503, 'SessionLimitExceeded', 'The maximum number of user sessions is reached.');
    this.#made += 1;
    const id = String(this.#made);
    const session = { id, token: randomBytes(16).toString('hex'), user: body.UserName };
    this.#sessions.set(id, session);
    const headers = { 'X-Auth-Token': session.token, Location: `${sessionsPath}/${id}` };
    return { status: 201, headers, body: this.#shown(session) };
  }

  logOut(id: string): Answer {
    return this.#sessions.delete(id) ? { status: 204 } : notFound(`${sessionsPath}/${id}`);
  }

  list(): Json {
    return collection(
      sessionsPath,
      'Session',
      [...this.#sessions.keys()].map((id) => `${sessionsPath}/${id}`),
    );
  }

  show(id: string): Answer {
    const session = this.#sessions.get(id);
    return session ? { status: 200, body: this.#shown(session) } : notFound(`${sessionsPath}/${id}`);
  }

  #shown({ id, user }: Session): Json {
    return resource(`${sessionsPath}/${id}`, 'Session.v1_6_0.Session', id, `Session ${id}`, { UserName: user });
  }
}
