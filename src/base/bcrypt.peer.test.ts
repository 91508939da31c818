// Hashes that python3-bcrypt and htpasswd make, checked here.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { ensureApt } from '../../test/setup/apt.ts';
import { bcryptMatches } from './bcrypt.ts';

const run = promisify(execFile);
beforeAll(() => ensureApt(['python3-bcrypt', 'apache2-utils']));

const passwords = ['a', 'secret', '', 'grüße aus ☃', 'x'.repeat(71), 'y'.repeat(72), 'z'.repeat(100), '$2y$05$', ' '];

const script = `
import bcrypt, json, sys
cases = json.load(sys.stdin)
print(json.dumps([bcrypt.hashpw(p.encode(), bcrypt.gensalt(c, prefix=x.encode())).decode() for p, c, x in cases]))
`;

test('hashes of python3-bcrypt fit their passwords, for any length, cost and prefix', async () => {
  const cases = passwords.flatMap((password, at) => [
    [password, 4 + (at % 3), '2b'],
    [password, 4, '2a'],
  ]);
  const asking = run('/usr/bin/python3', ['-c', script]);
  asking.child.stdin!.end(JSON.stringify(cases));
  const hashes = JSON.parse((await asking).stdout) as string[];
  expect(hashes).toHaveLength(cases.length);
  for (const [at, hash] of hashes.entries()) {
    const [password] = cases[at]! as [string, number, string];
    expect(`${password}: ${await bcryptMatches(password, hash)}`).toBe(`${password}: true`);
    expect(await bcryptMatches(`!${password}`, hash)).toBe(false);
  }
});

test.each(['secret', 'with blank', 'colon:inside'])('a line of htpasswd -B fits "%s"', async (password) => {
  const { stdout } = await run('htpasswd', ['-nbB', '-C', '5', 'anna', password]);
  const hash = stdout.trim().slice('anna:'.length);
  expect(hash.startsWith('$2y$05$')).toBe(true);
  expect(await bcryptMatches(password, hash)).toBe(true);
  expect(await bcryptMatches(`${password}x`, hash)).toBe(false);
});

test('the event loop turns while a hash is checked', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  await bcryptMatches('secret', '$2b$10$Z6CwAP/B9EDo1HJtytveHePY7ibS8EUasCyl4y569cI7WJT2zwV2m');
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
