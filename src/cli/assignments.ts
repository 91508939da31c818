// `key=value` of the command line: text, or JSON after `:=`.
import { UsageError } from './exit-codes.ts';

export interface Assignment {
  readonly key: string;
  readonly value: unknown;
}

/** `key=text` or `key:=JSON`. Throws UsageError naming `option`. */
export function assignmentOf(option: string, text: string): Assignment {
  const at = text.indexOf('=');
  if (at < 1 || text.startsWith(':='))
    throw new UsageError({ why: `${option} takes KEY=VALUE or KEY:=JSON; not "${text}".` });
  const asJson = text[at - 1] === ':';
  const key = text.slice(0, asJson ? at - 1 : at);
  const value = text.slice(at + 1);
  return { key, value: asJson ? jsonOf(option, value) : value };
}

function jsonOf(option: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError({ why: `${option}: what follows ":=" is not JSON (${(error as Error).message}).` });
  }
}

/** All assignments of an option as one object. */
export const objectOf = (option: string, texts: readonly string[] = []): Record<string, unknown> =>
  Object.fromEntries(texts.map((text) => assignmentOf(option, text)).map(({ key, value }) => [key, value]));

/** A key as one element of a JSON pointer (RFC 6901 §3). */
export const pointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
