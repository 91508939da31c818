import { defineError } from '#base/errors.ts';

/** The build cannot begin, or cannot go on: why, and what the user can do about it. */
export const CannotBuildRamdisk = defineError(
  'CannotBuildRamdisk',
  500,
  (p: { why: string; todo: string }) => `Cannot build the ramdisk: ${p.why}. ${p.todo}`,
);

/** A program that the build calls ended badly; `said` holds its last lines. */
export const ToolFailed = defineError(
  'ToolFailed',
  500,
  (p: { tool: string; ended: string; said: string; logFile: string }) =>
    `${p.tool} ended with ${p.ended}${p.said ? `: ${p.said}` : ''}. All that it said is in ${p.logFile}.`,
);
