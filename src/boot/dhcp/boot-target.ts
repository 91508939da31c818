import type { BootFiles } from './boot-files.ts';

/** What is known of the machine with a MAC that asks to start. */
export interface BootTarget {
  /** UUID of the node, for the timeline. */
  readonly node?: string;
  /** Its fixed address; else one of the pool. */
  readonly address?: string;
  readonly hostname?: string;
  /** What it starts: the usual files where absent; `'none'`: an address but no boot file (in proxy mode no answer). */
  readonly boot?: BootFiles | 'none';
}

/** Finds the enrolled machine of a MAC (lower case, colons); undefined where nobody enrolled it. */
export type BootLookup = (mac: string) => Promise<BootTarget | undefined>;
