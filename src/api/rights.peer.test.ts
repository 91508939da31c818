import { describe } from 'vitest';
import { rightsSuite } from './rights.suite.ts';

describe.each([
  [true, false],
  [false, true],
  [false, false],
])('enforce_scope %s, enforce_new_defaults %s', (enforceScope, newDefaultsOnly) =>
  rightsSuite({ enforceScope, newDefaultsOnly }),
);
