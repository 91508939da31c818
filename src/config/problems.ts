import { defineError } from '#base/errors.ts';

/** Something in the configuration that stops the start. */
export interface Problem {
  /** `section.option`; missing where the place has no option, as in a line that cannot be read. */
  readonly option?: string;
  /** The value as given; `***` for a secret. */
  readonly value?: string;
  readonly reason: string;
  /** File and line, the name in the environment, or --set. */
  readonly source: string;
}

/** One line for people: `[api] port = "x" (ironic.conf:3): is not a whole number`. */
export function sayProblem({ option, value, reason, source }: Problem): string {
  if (option === undefined) return `${source}: ${reason}`;
  const dot = option.indexOf('.');
  const name = `[${option.slice(0, dot)}] ${option.slice(dot + 1)}`;
  return value === undefined ? `${name} (${source}): ${reason}` : `${name} = "${value}" (${source}): ${reason}`;
}

interface WhatIsWrong {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** The configuration cannot be used; all its problems, not only the first. */
export const ConfigInvalid = defineError('ConfigInvalid', 500, ({ problems }: WhatIsWrong) =>
  [
    problems.length === 1 ? 'The configuration has a problem:' : `The configuration has ${problems.length} problems:`,
    ...problems.map((problem) => `  ${sayProblem(problem)}`),
  ].join('\n'),
);
