import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { loadConfig } from '#config/load.ts';
import { PolicyFileInvalid, PolicyRuleUnknown } from '#model/policy/errors.ts';
import { policyFilesOf, watchPolicies } from './policy-files.ts';

let folder: string;
let clock: ManualClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-policy-'));
  clock = new ManualClock();
  writeFileSync(join(folder, 'ironic.conf'), '[oslo_policy]\npolicy_default_rule = nobody\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = () => loadConfig({ files: [join(folder, 'ironic.conf')] });
function write(name: string, text: string, at: number): void {
  writeFileSync(join(folder, name), text);
  utimesSync(join(folder, name), at, at);
  clock.advance(2_000);
}

test('files lie beside the configuration; those of folders come after, sorted, hidden ones left out', () => {
  mkdirSync(join(folder, 'policy.d'));
  for (const name of ['policy.yaml', 'policy.d/b.yaml', 'policy.d/a.json', 'policy.d/.hidden']) write(name, '', 1);
  const names = policyFilesOf(load()).map((file) => file.slice(folder.length + 1));
  expect(names).toEqual(['policy.yaml', 'policy.d/a.json', 'policy.d/b.yaml']);
});

test('rules change with their files, and stay when a file cannot be used', () => {
  write('policy.yaml', '"baremetal:node:get": "role:one"', 1);
  const rules = watchPolicies(load(), { clock, log: silent });
  const text = () => rules().text('baremetal:node:get');
  expect(text()).toBe('role:one');
  write('policy.yaml', '"baremetal:node:get": "role:two"', 2);
  expect(text()).toBe('role:two');
  write('policy.yaml', '"baremetal:node:get": "rule:nowhere"', 3);
  expect(text()).toBe('role:two');
  write('policy.yaml', 'broken', 4);
  expect(text()).toBe('role:two');
  write('policy.yaml', '"baremetal:node:get": "role:three"', 5);
  expect(text()).toBe('role:three');
  rmSync(join(folder, 'policy.yaml'));
  clock.advance(2_000);
  expect(text()).toContain('role:reader');
});

test('a start with rules that cannot be used ends with what is wrong', () => {
  const thrown = (text: string): unknown => {
    write('policy.yaml', text, 1);
    try {
      return watchPolicies(load(), { clock, log: silent });
    } catch (error) {
      return error;
    }
  };
  expect(PolicyFileInvalid.is(thrown('broken'))).toBe(true);
  expect(PolicyRuleUnknown.is(thrown('"baremetal:node:get": "rule:nowhere"'))).toBe(true);
});
