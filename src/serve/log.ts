import { pino } from 'pino';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'auto' | 'json' | 'text';
}

/** Where lines go: a stream of the process, or a file. */
export interface LogSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Under these names no value is ever written to a log. */
const secrets = ['password', 'token', 'agent_token', 'agent_secret_token', 'ipmi_password', 'authorization', 'secret'];

/** The log of the program, to standard error: JSON lines, or text for people on a terminal. */
export function makeLog(options: LogOptions, out: LogSink = process.stderr): Log {
  const text = options.format === 'text' || (options.format === 'auto' && out.isTTY === true);
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '******' },
      serializers: {
        err: (error: unknown) => (error instanceof Error ? { reason: explain(error), stack: error.stack } : error),
      },
    },
    text ? { write: (line: string) => out.write(forPeople(line)) } : { write: (line: string) => out.write(line) },
  );
  return wrap(logger as unknown as Log);
}

function wrap(logger: Log): Log {
  return {
    debug: (facts, sentence) => logger.debug(facts, sentence),
    info: (facts, sentence) => logger.info(facts, sentence),
    warn: (facts, sentence) => logger.warn(facts, sentence),
    error: (facts, sentence) => logger.error(facts, sentence),
    child: (facts) => wrap(logger.child(facts)),
  };
}

function forPeople(line: string): string {
  const { time, level, msg, err, node, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const reason = typeof err === 'object' && err !== null ? (err as { reason?: string }).reason : undefined;
  const facts = Object.entries(rest)
    .filter(([key]) => key !== 'request_id' && key !== 'requestId')
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`);
  const about = [node ? `node=${node}` : '', ...facts].filter(Boolean).join(' ');
  return `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${msg}${reason ? `: ${reason}` : ''}${about ? `  (${about})` : ''}\n`;
}
