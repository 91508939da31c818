// The rules in force as [oslo_policy] names their files, read again when a file changes.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { LoadedConfig } from '#config/load.ts';
import { formerPolicies } from '#contract/policy-history.ts';
import { policyRules } from '#contract/policy-rules.ts';
import { PolicyFileInvalid } from '#model/policy/errors.ts';
import { readPolicyFile } from '#model/policy/read-file.ts';
import { makeRuleSet, type RuleSet } from '#model/policy/rule-set.ts';

/** Where a relative name may lie: beside the configuration files, and where Ironic has its own. */
function placesOf({ sources }: LoadedConfig): string[] {
  const files = [...sources.values()].flatMap((source) => /^(.+):\d+$/.exec(source)?.[1] ?? []);
  return [...new Set([...files.map((file) => dirname(file)), '/etc/ironic'])];
}

/** The policy files that there are, in the order in which they are read. */
export function policyFilesOf(loaded: LoadedConfig): string[] {
  const { policy_file, policy_dirs } = loaded.config.oslo_policy;
  const places = placesOf(loaded);
  const found = (name: string): string[] => {
    const candidates = isAbsolute(name) ? [name] : places.map((place) => join(place, name));
    return candidates.filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined).slice(0, 1);
  };
  const main = policy_file ? found(policy_file) : [];
  const inDirs = policy_dirs.flatMap(found).flatMap((dir) =>
    readdirSync(dir)
      .filter((name) => !name.startsWith('.') && statSync(join(dir, name)).isFile())
      .sort()
      .map((name) => join(dir, name)),
  );
  return [...main, ...inDirs];
}

/** The rules that files say, later files over earlier ones. Throws PolicyFileInvalid. */
export function readPolicyFiles(files: readonly string[]): Record<string, string> {
  const rules: Record<string, string> = {};
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      throw new PolicyFileInvalid({ file, line: 0, why: explain(error) }, { cause: error });
    }
    Object.assign(rules, readPolicyFile(text, file));
  }
  return rules;
}

/** The built-in rules with what the operator's files replace. Throws what the files or their rules are refused with. */
export function rulesOf({ config }: LoadedConfig, overrides: Readonly<Record<string, string>>): RuleSet {
  const { policy_default_rule: defaultRule, enforce_new_defaults: newDefaultsOnly } = config.oslo_policy;
  return makeRuleSet({ defaults: policyRules, former: formerPolicies, overrides, defaultRule, newDefaultsOnly });
}

const lookAgainMs = 1_000;

/** The rules of this moment. What is wrong with the files stops the start; later it is logged, and the rules stay. */
export function watchPolicies(loaded: LoadedConfig, { clock, log }: { clock: Clock; log: Log }): () => RuleSet {
  const look = () => {
    const files = policyFilesOf(loaded);
    const stamp = files.map((file) => {
      const { mtimeMs, size, ino } = statSync(file);
      return `${file} ${mtimeMs} ${size} ${ino}`;
    });
    return { files, stamp: stamp.join('\n') };
  };
  const first = look();
  let { stamp } = first;
  let rules = rulesOf(loaded, readPolicyFiles(first.files));
  let looked = clock.now();
  return () => {
    if (clock.now() - looked < lookAgainMs) return rules;
    looked = clock.now();
    try {
      const now = look();
      if (now.stamp === stamp) return rules;
      stamp = now.stamp;
      rules = rulesOf(loaded, readPolicyFiles(now.files));
      log.info({ files: now.files }, 'Policy files changed; their rules are in force');
    } catch (error) {
      log.error({}, `Policy files changed and cannot be used, so the rules of before stay: ${explain(error)}`);
    }
    return rules;
  };
}
