import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  exitCodeOf,
  exitCodes,
  Interrupted,
  isExpected,
  Refused,
  TookTooLong,
  Unreachable,
  UsageError,
  WorkFailed,
} from './exit-codes.ts';

for (const [error, code] of [
  [new UsageError({ why: '' }), 2],
  [new Refused({ sentence: '', status: 400 }), 1],
  [new Refused({ sentence: '', status: 404 }), 3],
  [new Refused({ sentence: '', status: 409 }), 4],
  [new Refused({ sentence: '', status: 503 }), 4],
  [new Unreachable({ url: '', why: '', advice: '' }), 5],
  [new TookTooLong({ what: '', seconds: 1, advice: '' }), 6],
  [new Refused({ sentence: '', status: 401 }), 7],
  [new Refused({ sentence: '', status: 403 }), 7],
  [new WorkFailed({ why: '' }), 1],
  [new Interrupted({ advice: '' }), 130],
  [new Error('a defect'), 1],
] as const) {
  test(`${error.name}${Refused.is(error) ? ` ${error.facts.status}` : ''} ends with ${code}`, () => {
    expect(exitCodeOf(error)).toBe(code);
    expect(isExpected(error)).toBe(error.message !== 'a defect');
  });
}

test('docs/cli.md tells every exit code with its meaning', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');
  for (const { code, means } of Object.values(exitCodes)) expect(page).toContain(`| ${code} | ${means} |`);
});
