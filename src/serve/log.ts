import { pino } from 'pino';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { gatherLines } from './gathered-lines.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof levels)[number];

interface LogOptions {
  /** The lowest level that is written; a function is asked for each line, so that it may change while the program runs. */
  readonly level: Level | (() => Level);
  readonly format: 'auto' | 'json' | 'text';
}

/** Where lines go: a stream of the process, or a file. */
interface LogSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Under these names no value is ever written to a log. */
const secrets = new Set([
  'password',
  'token',
  'agent_token',
  'agent_secret_token',
  'ipmi_password',
  'authorization',
  'secret',
]);
const mask = '******';

/** The log of the program, to standard error: JSON lines, or text for people on a terminal. */
export function makeLog(options: LogOptions, out: LogSink = standardError()): Log {
  const text = options.format === 'text' || (options.format === 'auto' && out.isTTY === true);
  const time = timeOfNow();
  const logger = pino(
    {
      level: 'debug',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutSecrets },
      serializers: { err: reasonOf, error: reasonOf },
    },
    text ? { write: (line: string) => out.write(forPeople(line)) } : { write: (line: string) => out.write(line) },
  );
  const { level } = options;
  const lowest = typeof level === 'function' ? level : () => level;
  const writes = (asked: Level) => levels.indexOf(asked) >= levels.indexOf(lowest());
  const log = wrap(logger as unknown as Log, writes);
  if (text) return log;
  // There is such a line for every request.
  const info = (facts: object, sentence: string) => {
    if (!isFlat(facts)) log.info(facts, sentence);
    else if (writes('info')) out.write(`${JSON.stringify({ level: 'info', time: time(), ...facts, msg: sentence })}\n`);
  };
  return { ...log, info };
}

/** Facts of which nothing is secret, nested, an error or named like what every line has. */
function isFlat(facts: object): boolean {
  for (const key in facts) {
    if (secrets.has(key) || own.has(key)) return false;
    const value: unknown = Reflect.get(facts, key);
    const type = typeof value;
    if (type !== 'string' && type !== 'boolean' && !(type === 'number' && Number.isFinite(value))) return false;
  }
  return true;
}

/** Keys that pino treats in its own way. */
const own = new Set(['level', 'time', 'msg', 'err', 'error']);

/** The time as text, written once per millisecond. */
function timeOfNow(): () => string {
  let last = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== last) {
      last = now;
      text = new Date(now).toISOString();
    }
    return text;
  };
}

function standardError(): LogSink {
  const lines = gatherLines(process.stderr);
  process.once('exit', lines.flush); // an end that nobody expected comes by here too
  return { write: lines.write, isTTY: process.stderr.isTTY };
}

/** Secrets among the facts, or one level below them, as asterisks. Of the facts themselves nothing is changed. */
function withoutSecrets(facts: Record<string, unknown>): Record<string, unknown> {
  let safe = facts;
  for (const key in facts) {
    const value = facts[key];
    const masked = secrets.has(key) ? mask : isPlain(value) ? withMasks(value) : value;
    if (masked !== value) safe = { ...safe, [key]: masked };
  }
  return safe;
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Error);

function withMasks(facts: Record<string, unknown>): Record<string, unknown> {
  const hidden = Object.keys(facts).filter((key) => secrets.has(key));
  return hidden.length ? { ...facts, ...Object.fromEntries(hidden.map((key) => [key, mask])) } : facts;
}

const reasonOf = (error: unknown): unknown =>
  error instanceof Error ? { reason: explain(error), stack: error.stack } : error;

function wrap(logger: Log, writes: (level: Level) => boolean): Log {
  const at = (level: Level) => (facts: object, sentence: string) => {
    if (writes(level)) logger[level](facts, sentence);
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (facts) => wrap(logger.child(withoutSecrets(facts as Record<string, unknown>)), writes),
  };
}

function forPeople(line: string): string {
  const { time, level, msg, err: own, error: other, node, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const err = own ?? other;
  const reason = typeof err === 'object' && err !== null ? (err as { reason?: string }).reason : undefined;
  const facts = Object.entries(rest)
    .filter(([key]) => key !== 'request_id' && key !== 'requestId')
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`);
  const about = [node ? `node=${node}` : '', ...facts].filter(Boolean).join(' ');
  return `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${msg}${reason ? `: ${reason}` : ''}${about ? `  (${about})` : ''}\n`;
}
