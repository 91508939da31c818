// Tells nova what waits in the queue: some at once, never two for one instance, each until it is settled.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Db } from '#db/database.ts';
import { readHappenings } from '#db/happenings.ts';
import {
  dueCallbacks,
  instancesWaiting,
  nextCallbackAt,
  postponeCallback,
  pruneCallbacks,
  settleCallback,
  waitingCallbacks,
} from '#db/nova-callbacks.ts';
import type { NovaCallbackRow } from '#db/schema.ts';
import { Bell } from '../bell.ts';
import { backoff } from './backoff.ts';
import { Doubts } from './doubts.ts';
import { Gate } from './gate.ts';
import type { TellNova } from './power-update.ts';
import { Turn } from './turn.ts';
import { type Reply, type Verdict, verdictOn } from './verdict.ts';

export interface NovaSenderParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: TellNova;
  /** [nova]send_power_notifications, asked each time. */
  readonly enabled: () => boolean;
  readonly random?: () => number;
  /** Requests under way at once. */
  readonly most?: number;
  /** How long after its end was lost a request may still take effect in nova. */
  readonly doubtMs?: number;
  /** The name of this host, where others may share the database. */
  readonly host?: string;
  /** Told, for each first request, how long after the change of the record it goes out. */
  readonly onDelay?: (ms: number) => void;
}

export interface NovaCounts {
  /** Requests, answers that settled, answers that refused, and requests that failed and are sent again. */
  sent: number;
  told: number;
  refused: number;
  failed: number;
  /** Nova as a whole does not answer, or not well. */
  away: boolean;
}

const pollMs = 5000;
const longestPauseMs = 300_000;
const stopWithinMs = 3000;
const gatherMs = 5;
/** While nova does not answer, the log says so this often. */
const sayAgainMs = 600_000;
const pruneEachMs = 3_600_000;
/** Settled callbacks are kept for people to look at. */
const keptMs = 7 * 86_400_000;

export class NovaSender {
  readonly counts: NovaCounts = { sent: 0, told: 0, refused: 0, failed: 0, away: false };
  readonly #parts: NovaSenderParts;
  readonly #bell: Bell;
  readonly #random: () => number;
  readonly #gate: Gate;
  readonly #doubts: Doubts;
  readonly #most: number;
  readonly #turn: Turn | undefined;
  /** Instances that are being told something, until the outcome is written down. */
  readonly #underWay = new Map<string, Promise<void>>();
  #requests = 0;
  #saidAt = 0;
  #gathering: Promise<void> | undefined;
  /** Per instance how often the callback of that happening was not taken. */
  readonly #tries = new Map<string, { happening: number; tries: number }>();
  readonly #stopping = new AbortController();
  #stopped = false;
  #prunedAt = 0;
  #running: Promise<void> | undefined;

  constructor(parts: NovaSenderParts) {
    this.#parts = parts;
    this.#bell = new Bell(parts.clock);
    this.#random = parts.random ?? Math.random;
    this.#gate = new Gate(this.#random);
    this.#doubts = new Doubts(parts.doubtMs ?? 60_000);
    this.#most = parts.most ?? 16;
    this.#turn = parts.host === undefined ? undefined : new Turn(parts, parts.host);
  }

  /** Go on with what waits. */
  async start(): Promise<void> {
    if (!this.#turn) await this.#doubtAll();
    this.#running = this.#run();
  }

  /** What the process before had under way when it ended may have arrived, or may still. */
  async #doubtAll(): Promise<void> {
    const now = this.#parts.clock.now();
    for (const instance of await instancesWaiting(this.#parts.db.read)) this.#doubts.add(instance, undefined, now);
  }

  /** Something was queued. */
  wake(): void {
    this.#bell.ring();
  }

  /** Nothing new goes out; what is under way has some seconds to end. What did not stays in the queue. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#bell.ring();
    await this.#running;
    const { clock } = this.#parts;
    const patience = new AbortController();
    const cut = clock.sleep(stopWithinMs, patience.signal).then(
      () => this.#stopping.abort(new Error('Ingot is stopping')),
      () => {},
    );
    await Promise.all(this.#underWay.values());
    patience.abort();
    await cut;
    await this.#turn?.leave().catch(() => {}); // it ends by itself
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#parts;
    while (!this.#stopped) {
      try {
        await this.#bell.wait(await this.#round(clock.now()));
      } catch (error) {
        log.error({ err: error }, 'the queue of callbacks to nova could not be read; it is tried again');
        await this.#bell.wait(1000);
      }
    }
  }

  /** Send what may be sent now; returns the milliseconds after which to look again. */
  async #round(now: number): Promise<number> {
    const { db } = this.#parts;
    await this.#sweep(now);
    if (!this.#parts.enabled() || !(await this.#isOurTurn())) return pollMs;
    const gate = this.#gate;
    const free = gate.shut ? (now < gate.retryAt || this.#requests ? 0 : 1) : this.#most - this.#requests;
    if (free > 0) {
      const due = await dueCallbacks(db.read, now, this.#underWay.size + free);
      const next = due.filter((row) => !this.#underWay.has(row.instance_uuid)).slice(0, free);
      for (const row of next) this.#send(row);
      if (next.length === free) return pollMs; // whoever ends rings
    }
    const nextAt = (await nextCallbackAt(db.read, now)) ?? Number.POSITIVE_INFINITY;
    const wait = (now < gate.retryAt ? gate.retryAt : nextAt) - now;
    return Math.max(1, Math.min(pollMs, wait > 0 ? wait : pollMs));
  }

  async #isOurTurn(): Promise<boolean> {
    const turn = await this.#turn?.ask();
    if (turn === 'new') await this.#doubtAll();
    return turn !== 'theirs';
  }

  #send(row: NovaCallbackRow): void {
    const { log } = this.#parts;
    this.#requests++;
    const sending = this.#tell(row)
      .catch((error) => log.error({ err: error, instance: row.instance_uuid }, 'a callback to nova could not be noted'))
      .finally(() => {
        this.#underWay.delete(row.instance_uuid);
        this.#bell.ring();
      });
    this.#underWay.set(row.instance_uuid, sending);
  }

  async #tell(row: NovaCallbackRow): Promise<void> {
    const startedAt = this.#parts.clock.now();
    let reply: Reply;
    try {
      reply = await this.#request(row, startedAt);
    } finally {
      this.#requests--;
      this.#bell.ring();
    }
    // Cut off by our own stop: it waits for the next start, which knows that it may have arrived.
    if (reply.is === 'silence' && this.#stopping.signal.aborted) return;
    await this.#settle(row, verdictOn(reply), startedAt);
  }

  async #request(row: NovaCallbackRow, now: number): Promise<Reply> {
    const { db, tell, onDelay } = this.#parts;
    const [happening] = await readHappenings(db.read, row.happening_id - 1, 1);
    const cause = happening?.id === row.happening_id ? happening : undefined;
    const { requestId } = (cause?.body.by ?? {}) as { requestId?: string };
    if (cause && row.attempts === 0) onDelay?.(now - cause.at);
    this.counts.sent++;
    const update = { instance: row.instance_uuid, state: row.state as 'power on' | 'power off', requestId };
    return tell(update, this.#stopping.signal);
  }

  async #settle(row: NovaCallbackRow, verdict: Verdict, startedAt: number): Promise<void> {
    if (verdict.is === 'service') return this.#serviceFailed(row, verdict, startedAt);
    this.counts.away = false;
    if (this.#gate.passed()) this.#parts.log.info({}, 'nova answers again; what waits is told');
    switch (verdict.is) {
      case 'told':
        return this.#told(row);
      case 'again': {
        const tries = this.#countTry(row);
        return tries > verdict.tries
          ? this.#refused(row, verdict.why)
          : this.#again(row, verdict.why, row.attempts + 1);
      }
      case 'refused':
        return this.#refused(row, verdict.why);
    }
  }

  async #told(row: NovaCallbackRow): Promise<void> {
    const { db, clock, log } = this.#parts;
    const { instance_uuid: instance, node_uuid: node, state } = row;
    this.counts.told++;
    this.#tries.delete(instance);
    log.debug({ instance, node, state }, 'nova was told of a power state');
    await this.#gathered();
    const at = this.#doubts.repeatAt(instance, state, clock.now());
    const why = 'nova took it; it is told once more, because an older request may still take effect';
    await db.write(async (tx) => {
      if (at === undefined) await settleCallback(tx, row, 'told');
      else await postponeCallback(tx, row, at, why);
    });
  }

  /** Outcomes wait a moment for others, as each durable write by itself would hold up the changes that are made meanwhile. */
  #gathered(): Promise<void> {
    this.#gathering ??= this.#parts.clock.sleep(gatherMs).then(() => {
      this.#gathering = undefined;
    });
    return this.#gathering;
  }

  async #again(row: NovaCallbackRow, why: string, failures: number): Promise<void> {
    const { db, clock, log } = this.#parts;
    this.counts.failed++;
    const { instance_uuid: instance, node_uuid: node, state } = row;
    const pause = backoff(failures, this.#random(), longestPauseMs);
    log.warn({ instance, node, state }, `nova did not take a power state; it is told again in ${pause} ms: ${why}`);
    await db.write((tx) => postponeCallback(tx, row, clock.now() + pause, why));
  }

  async #refused(row: NovaCallbackRow, why: string): Promise<void> {
    const { db, log } = this.#parts;
    this.counts.refused++;
    const { instance_uuid: instance, node_uuid: node, state } = row;
    this.#tries.delete(instance);
    const settled = await db.write((tx) => settleCallback(tx, row, 'refused', why));
    if (settled) log.warn({ instance, node, state }, `nova is not told any more of this power state: ${why}`);
  }

  async #serviceFailed(row: NovaCallbackRow, verdict: Verdict & { is: 'service' }, startedAt: number): Promise<void> {
    const { db, clock, log } = this.#parts;
    const now = clock.now();
    this.counts.failed++;
    if (verdict.unknown) this.#doubts.add(row.instance_uuid, row.state, now);
    this.counts.away = true;
    const first = this.#gate.failed(now, startedAt, verdict.retryAfterSeconds);
    await db.write((tx) => postponeCallback(tx, row, this.#gate.retryAt, verdict.why));
    if (!first && now - this.#saidAt < sayAgainMs)
      return log.debug({ instance: row.instance_uuid }, `nova still does not answer: ${verdict.why}`);
    this.#saidAt = now;
    const { count, oldest } = await waitingCallbacks(db.read);
    const since = oldest === null ? null : new Date(oldest).toISOString();
    log.warn(
      { waiting: count, since },
      `nova cannot be told of power states; ${count} wait, the oldest since ${since}, and are told when it answers: ${verdict.why}`,
    );
  }

  #countTry({ instance_uuid: instance, happening_id: happening }: NovaCallbackRow): number {
    const known = this.#tries.get(instance);
    const tries = known?.happening === happening ? known.tries + 1 : 1;
    this.#tries.set(instance, { happening, tries });
    return tries;
  }

  async #sweep(now: number): Promise<void> {
    if (now - this.#prunedAt < pruneEachMs) return;
    this.#prunedAt = now;
    this.#doubts.sweep(now);
    await this.#parts.db.write((tx) => pruneCallbacks(tx, now - keptMs));
  }
}
