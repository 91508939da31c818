import { describe } from 'vitest';
import { rightsSuite } from './rights.suite.ts';
import type { Switches } from './testing/people.ts';

describe.each<Switches>([
  { newDefaultsOnly: false },
  { enforceScope: false },
  { enforceScope: false, newDefaultsOnly: false },
  { serviceProject: 'service' },
])('with %j', (switches) => rightsSuite(switches));
