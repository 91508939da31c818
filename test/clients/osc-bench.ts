import type { Site } from '../setup/site.ts';
import type { Osc } from './osc.ts';

/** What the suites of `openstack baremetal` work on. */
export interface OscBench {
  /** The folder of the client's programs. */
  readonly bin: string;
  readonly site: Site;
  readonly osc: Osc;
}
