// `ingot policy` beside the tools of oslo.policy (Debian's python3-oslo.policy).
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureApt } from '../../../test/setup/apt.ts';

const run = promisify(execFile);
const ingot = new URL('../../../ingot', import.meta.url).pathname;
let folder: string;
beforeAll(async () => {
  await ensureApt(['python3-oslo.policy']);
  folder = await mkdtemp(join(tmpdir(), 'ingot-policy-'));
});
afterAll(() => rm(folder, { recursive: true }));

const file = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const project = { id: 'p1', name: 'demo', domain: { id: 'default' } };
const user = { id: 'u1', name: 'anna', domain: { id: 'default' } };
const token = (more: object) => JSON.stringify({ token: { user, is_admin_project: true, ...more } });

test.each([
  ['a member', token({ project, roles: [{ name: 'member' }, { name: 'reader' }] })],
  [
    'an admin',
    token({ project, roles: [{ name: 'admin' }, { name: 'manager' }, { name: 'member' }, { name: 'reader' }] }),
  ],
  ['an admin of the system', token({ system: { all: true }, roles: [{ name: 'admin' }, { name: 'reader' }] })],
  ['nobody', token({ project, roles: [] })],
])('says of %s what oslopolicy-checker says', async (_, access) => {
  const { stdout: generated } = await run(ingot, ['policy', 'generate']);
  expect(generated).toContain('# Intended scope(s): system, project\n#"baremetal:node:get": "');
  const policy = await file('policy.yaml', generated.replace(/^#"/gm, '"'));
  const asked = await file('access.json', access);
  const target = await file(
    'target.json',
    JSON.stringify({ node: { owner: 'p1', lessee: 'p2' }, allocation: { owner: 'p1' } }),
  );
  const theirs = await run('/usr/bin/oslopolicy-checker', ['--policy', policy, '--access', asked, '--target', target]);
  const sets = ['--set', `oslo_policy.policy_file=${policy}`, '--set', 'oslo_policy.enforce_scope=false'];
  const ours = await run(ingot, ['policy', 'list', ...sets, '--access', asked, '--target', target]);
  expect(ours.stdout.split('\n')).toEqual(theirs.stdout.split('\n'));
  expect(ours.stdout.split('\n').length).toBeGreaterThan(120);
});

test('a file that was generated has no rule but the built-in ones, and changes nothing', async () => {
  const { stdout } = await run(ingot, ['policy', 'generate']);
  const policy = await file('whole.yaml', stdout.replace(/^#"/gm, '"'));
  const { stdout: plain } = await run(ingot, ['policy', 'list']);
  const { stdout: read } = await run(ingot, ['policy', 'list', '--set', `oslo_policy.policy_file=${policy}`]);
  expect(read.replaceAll('  (policy file)', '')).toBe(plain);
});
