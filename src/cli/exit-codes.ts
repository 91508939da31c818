// With what number the program ends, so that scripts can tell what happened. docs/cli.md shows the same table.
import { defineError, Fault } from '#base/errors.ts';

export const exitCodes = {
  ok: { code: 0, means: 'done, or it is as asked' },
  failed: { code: 1, means: 'refused, or the work that was watched failed; standard error says why' },
  usage: { code: 2, means: 'the command line is wrong; nothing was asked of the service' },
  notFound: { code: 3, means: 'there is no such node, port, driver or conductor' },
  conflict: { code: 4, means: 'the node is locked or busy, or the thing exists already; try again later' },
  unreachable: { code: 5, means: 'nothing answers at the address, or what answers is no bare metal API' },
  timeout: { code: 6, means: 'it took longer than --timeout; the work goes on in the service' },
  denied: { code: 7, means: 'the service wants other credentials, or the user may not do that' },
  interrupted: { code: 130, means: 'stopped with Ctrl-C; work that the service has begun goes on' },
} as const;

export type ExitName = keyof typeof exitCodes;

export const UsageError = defineError('UsageError', 400, (p: { why: string }) => p.why);

export const Unreachable = defineError(
  'Unreachable',
  503,
  (p: { url: string; why: string; advice: string }) => `Nothing usable answers at ${p.url} (${p.why}); ${p.advice}.`,
);

/** The service said no; the sentence is its own. */
export const Refused = defineError('Refused', 400, (p: { sentence: string; status: number }) => p.sentence);

export const TookTooLong = defineError(
  'TookTooLong',
  504,
  (p: { what: string; seconds: number; advice: string }) => `${p.what} took longer than ${p.seconds} s; ${p.advice}.`,
);

/** Watched work ended where it was not meant to. */
export const WorkFailed = defineError('WorkFailed', 500, (p: { why: string }) => p.why);

export const Interrupted = defineError('Interrupted', 499, (p: { advice: string }) => `Stopped; ${p.advice}.`);

const byStatus: Readonly<Record<number, ExitName>> = {
  401: 'denied',
  403: 'denied',
  404: 'notFound',
  409: 'conflict',
  503: 'conflict',
};

/** The name of the exit code for what was thrown. */
export function exitNameOf(error: unknown): ExitName {
  if (Refused.is(error)) return byStatus[error.facts.status] ?? 'failed';
  if (UsageError.is(error)) return 'usage';
  if (Unreachable.is(error)) return 'unreachable';
  if (TookTooLong.is(error)) return 'timeout';
  if (Interrupted.is(error)) return 'interrupted';
  return 'failed';
}

export const exitCodeOf = (error: unknown): number => exitCodes[exitNameOf(error)].code;

/** Declared errors are told as their sentence; anything else is a defect, told with its name. */
export const isExpected = (error: unknown): boolean => error instanceof Fault;
