// A Redfish client: JSON over HTTP(S), with sessions, tags and tasks (reference: redfish/resources.md §1 to §4).
import type { Clock } from '#base/clock.ts';
import { type Json, linkOf, textOf } from './document.ts';
import { doorKey, pathIn, type RedfishDoor } from './door.ts';
import {
  idsIn,
  RedfishBadAnswer,
  RedfishRefused,
  RedfishTaskFailed,
  RedfishTaskSlow,
  RedfishUnreachable,
  saidBy,
} from './errors.ts';
import { type Exchange, Exchanger, type RawReply } from './exchange.ts';
import { parsed } from './parsed.ts';
import { authFailed, Sessions } from './sessions.ts';
import { judgeTask, retryAfterMs, type TaskProgress } from './task-monitor.ts';

export interface RedfishOptions {
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** Tries for what may be asked twice, and the pause between them. */
  readonly attempts: number;
  readonly pauseMs: number;
  /** Sessions kept at once (default 1000). */
  readonly sessions?: number;
}

/** A resource as it was read: its path, its document, and the tag that a change of it needs. */
export interface Resource {
  readonly path: string;
  readonly body: Json;
  readonly etag: string | undefined;
}

/** What came of an action or a change. */
export interface Answer {
  readonly status: number;
  readonly body: Json;
  /** The path that `Location` named: of what was made, or of the monitor of a task (status 202). */
  readonly location?: string;
  readonly retryAfterMs?: number;
}

/** How long a task is followed, and how often it is looked at where the BMC does not say. Milliseconds. */
export interface Patience {
  readonly withinMs: number;
  readonly pollMs: number;
}

const mostRedirects = 3;

export class RedfishClient {
  readonly #options: RedfishOptions;
  readonly #exchanger: Exchanger;
  readonly #sessions: Sessions;
  /** Of doors with one system: its path, so that it is not looked for each time. The oldest first. */
  readonly #systems = new Map<string, string>();

  constructor(options: RedfishOptions) {
    this.#options = options;
    this.#exchanger = new Exchanger(options);
    this.#sessions = new Sessions(this.#exchanger, options.clock, Math.max(1, options.sessions ?? 1000));
  }

  /**
   * Read a resource. Throws RedfishUnreachable, RedfishAuthFailed, RedfishRefused or RedfishBadAnswer; `attempts` is for
   * what nobody waits for.
   */
  async get(
    door: RedfishDoor,
    path: string,
    signal: AbortSignal,
    { attempts = this.#options.attempts }: { attempts?: number } = {},
  ): Promise<Resource> {
    const { pauseMs, clock } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#read(door, path, signal);
      } catch (error) {
        const passing = RedfishUnreachable.is(error) || (RedfishRefused.is(error) && error.facts.status >= 500);
        if (signal.aborted || !passing || attempt >= attempts) throw error;
        await clock.sleep(pauseMs, signal);
      }
    }
  }

  /** Run an action, or make a member of a collection; sent once, as it may have run though no answer came. */
  post(door: RedfishDoor, path: string, body: object, signal: AbortSignal): Promise<Answer> {
    return this.#change(door, { method: 'POST', path, body, signal });
  }

  delete(door: RedfishDoor, path: string, signal: AbortSignal): Promise<Answer> {
    return this.#change(door, { method: 'DELETE', path, signal });
  }

  /** Change a resource that was read; where its tag does not fit, once more with the strong form, then without one. */
  async patch(
    door: RedfishDoor,
    resource: Pick<Resource, 'path' | 'etag'>,
    body: object,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { etag, path } = resource;
    const tags = etag ? [...new Set([etag, etag.replace(/^W\//, ''), undefined])] : [undefined];
    for (const tag of tags) {
      try {
        return await this.#change(door, {
          method: 'PATCH',
          path,
          body,
          signal,
          ...(tag && { headers: { 'if-match': tag } }),
        });
      } catch (error) {
        if (!(RedfishRefused.is(error) && error.facts.status === 412) || tag === undefined) throw error;
      }
    }
    throw new Error('unreachable: the last try has no tag');
  }

  /** One look at a task, by its monitor or by itself. */
  async task(door: RedfishDoor, monitor: string, signal: AbortSignal): Promise<TaskProgress> {
    try {
      const reply = await this.#ask(door, { method: 'GET', path: monitor, signal });
      if (reply.status === 404 || reply.status === 410) return judgeTask(reply.status, {});
      if (reply.status >= 300) throw this.#refusal(door, { method: 'GET', path: monitor }, reply);
      return judgeTask(reply.status, parsed(reply.text) ?? {});
    } catch (error) {
      // A BMC that restarts on its way is silent for a while: the task may well go on.
      const passing = RedfishUnreachable.is(error) || (RedfishRefused.is(error) && error.facts.status >= 500);
      if (passing && !signal.aborted) return { is: 'running' };
      throw error;
    }
  }

  /** Wait until what `answer` began has ended. Throws RedfishTaskFailed or RedfishTaskSlow. */
  async finished(door: RedfishDoor, answer: Answer, patience: Patience, signal: AbortSignal): Promise<Json> {
    const monitor = monitorOf(door, answer);
    if (monitor === undefined) return answer.body;
    const { clock } = this.#options;
    const until = clock.now() + patience.withinMs;
    const url = `${door.origin}${monitor}`;
    for (let pause = answer.retryAfterMs ?? patience.pollMs; ; pause = patience.pollMs) {
      await clock.sleep(pause, signal);
      const progress = await this.task(door, monitor, signal);
      if (progress.is === 'done') return progress.body;
      if (progress.is === 'failed') throw new RedfishTaskFailed({ url, why: progress.why });
      if (clock.now() >= until)
        throw new RedfishTaskSlow({ url, seconds: Math.round(patience.withinMs / 1000), percent: progress.percent });
    }
  }

  /** Where the only system behind a door was found before; undefined where nobody looked yet. */
  onlySystem(door: RedfishDoor): string | undefined {
    return this.#systems.get(doorKey(door));
  }

  /** Remember the only system behind a door, or forget it. */
  rememberSystem(door: RedfishDoor, path: string | undefined): void {
    const key = doorKey(door);
    this.#systems.delete(key);
    if (path === undefined) return;
    this.#systems.set(key, path);
    const [oldest] = this.#systems.keys();
    if (oldest !== undefined && this.#systems.size > (this.#options.sessions ?? 1000)) this.#systems.delete(oldest);
  }

  /** Sessions are closed at their BMCs; then connections are. */
  async close(): Promise<void> {
    await this.#sessions.close();
    await this.#exchanger.close();
  }

  async #read(door: RedfishDoor, path: string, signal: AbortSignal): Promise<Resource> {
    let at = path;
    for (let hop = 0; ; hop++) {
      const ask = { method: 'GET', path: at, signal } as const;
      const reply = await this.#ask(door, ask);
      const moved = [301, 302, 307, 308].includes(reply.status) && pathIn(door, reply.headers.location);
      if (moved && hop < mostRedirects) {
        at = moved;
        continue;
      }
      if (reply.status >= 300) throw this.#refusal(door, ask, reply);
      const body = parsed(reply.text);
      if (!body)
        throw new RedfishBadAnswer({
          url: `${door.origin}${at}`,
          method: 'GET',
          what: `not a JSON object but "${reply.text.slice(0, 60)}"`,
        });
      const etag = textOf(reply.headers.etag) ?? textOf(body['@odata.etag']);
      return { path: at, body, etag };
    }
  }

  /** The BMC says that it is not ready after what it was asked before (Dell SYS518): asked again, as nothing was done. */
  async #change(door: RedfishDoor, ask: Exchange): Promise<Answer> {
    const { attempts, pauseMs, clock } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const reply = await this.#ask(door, ask);
      if (reply.status < 300) return answerOf(door, reply, clock.now());
      const error = this.#refusal(door, ask, reply);
      const notReady = RedfishRefused.is(error) && error.facts.ids.some((id) => id.includes('SYS518'));
      if (!notReady || attempt >= attempts) throw error;
      await clock.sleep(pauseMs, ask.signal);
    }
  }

  /** With a session where there is one; one that is refused is opened anew, once. */
  async #ask(door: RedfishDoor, ask: Exchange): Promise<RawReply> {
    for (let again = true; ; again = false) {
      const { headers, isSession } = await this.#sessions.credentials(door, ask.signal);
      const reply = await this.#exchanger.send(door, { ...ask, headers: { ...ask.headers, ...headers } });
      const denied = reply.status === 401 || reply.status === 403;
      if (denied && isSession) await this.#sessions.refused(door, headers);
      if (denied && isSession && again) continue;
      if (denied) throw authFailed(door, ask.method, ask.path, reply);
      return reply;
    }
  }

  #refusal(door: RedfishDoor, ask: Pick<Exchange, 'method' | 'path'>, { status, text }: RawReply): Error {
    const where = { url: `${door.origin}${ask.path}`, method: ask.method };
    return new RedfishRefused({ ...where, status, why: saidBy(text), ids: idsIn(text) });
  }
}

function answerOf(door: RedfishDoor, { status, headers, text }: RawReply, now: number): Answer {
  const location = pathIn(door, headers.location);
  const retry = retryAfterMs(headers['retry-after'], now);
  return {
    status,
    body: parsed(text) ?? {},
    ...(location && { location }),
    ...(retry !== undefined && { retryAfterMs: retry }),
  };
}

/** Where the task is looked at that an answer tells of; undefined where all is done already. */
export function monitorOf(door: Pick<RedfishDoor, 'origin'>, { status, location, body }: Answer): string | undefined {
  if (status !== 202) return undefined;
  return location ?? pathIn(door, linkOf(body)) ?? undefined;
}
