import { Command } from 'commander';
import { explain } from '#base/errors.ts';
import type { Shell } from '#cli/api-command.ts';
import { UsageError, WorkFailed } from '#cli/exit-codes.ts';
import { type LoadedConfig, loadConfig } from '#config/load.ts';
import type { Authority, Caller, PolicyRule } from '#contract/policies.ts';
import { policyScopesOf } from '#contract/policies.ts';
import { policyRules } from '#contract/policy-rules.ts';
import { makeAuthority } from '#model/policy/authority.ts';
import type { RuleSet } from '#model/policy/rule-set.ts';
import { policyFilesOf, readPolicyFiles, rulesOf } from '../policy-files.ts';
import { type ConfigFlags, configInput, withConfig } from './config-options.ts';
import { callerIn, targetIn } from './policy-access.ts';

interface Loaded {
  readonly loaded: LoadedConfig;
  readonly files: readonly string[];
  readonly overrides: Readonly<Record<string, string>>;
  readonly rules: RuleSet;
}

function load(flags: ConfigFlags, shell: Shell): Loaded {
  const loaded = loadConfig(configInput(flags, shell.env));
  const files = policyFilesOf(loaded);
  const overrides = readPolicyFiles(files);
  return { loaded, files, overrides, rules: rulesOf(loaded, overrides) };
}

/** `ingot policy list|check|generate` */
export function policyCommand(shell: Shell): Command {
  return new Command('policy')
    .description('who may do what: the rules in force, a check of policy files, a file to start from')
    .addCommand(listCommand(shell))
    .addCommand(checkCommand(shell))
    .addCommand(generateCommand(shell));
}

interface CallerFlags extends ConfigFlags {
  readonly role?: string[];
  readonly project?: string;
  readonly system?: boolean;
  readonly owner?: string;
  readonly lessee?: string;
  readonly json?: boolean;
  readonly access?: string;
  readonly target?: string;
}

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

function listCommand(shell: Shell): Command {
  const command = withConfig(new Command('list'))
    .description('every rule with its check; with --role, which of them a caller passes')
    .option('--role <role>', 'a role of the caller; repeatable', collect)
    .option('--project <id>', "the caller's project")
    .option('--system', "the caller's token is for the whole system")
    .option('--owner <project>', 'owner of the node, allocation or runbook that is asked for')
    .option('--lessee <project>', 'lessee of the node that is asked for')
    .option('--access <file>', 'what keystone says of a token: print which rules it passes, as oslopolicy-checker does')
    .option('--target <file>', 'attributes of what is asked for, as JSON; with --access')
    .option('--json', 'print it as JSON');
  return command.action(() => {
    const flags = command.opts<CallerFlags>();
    const { loaded, rules, overrides } = load(flags, shell);
    if (flags.access !== undefined) {
      const [caller, target] = [callerIn(flags.access), flags.target === undefined ? {} : targetIn(flags.target)];
      const authority = authorityIn(loaded, rules);
      for (const name of rules.names.filter((one) => one.includes(':')).sort())
        shell.screen.out.write(
          `${authority.allows(name as PolicyRule, caller, target) ? 'passed' : 'failed'}: ${name}\n`,
        );
      return;
    }
    const judge = judgeOf(flags, loaded, rules);
    const rows = rules.names.map((name) => ({
      name,
      check: rules.text(name) ?? '',
      from: Object.hasOwn(overrides, name) ? 'file' : 'default',
      ...(judge && { passes: judge(name) }),
    }));
    if (flags.json) shell.screen.out.write(`${JSON.stringify(rows, null, 2)}\n`);
    else for (const row of rows) shell.screen.out.write(`${lineOf(row)}\n`);
  });
}

function lineOf({
  name,
  check,
  from,
  passes,
}: {
  name: string;
  check: string;
  from: string;
  passes?: boolean;
}): string {
  const verdict = passes === undefined ? '' : passes ? 'yes  ' : 'no   ';
  return `${verdict}${name}: "${check}"${from === 'file' ? '  (policy file)' : ''}`;
}

/** Says which rules a caller with these flags passes; undefined where none describes one. */
function judgeOf(flags: CallerFlags, loaded: LoadedConfig, rules: RuleSet): ((name: string) => boolean) | undefined {
  const { role: roles, project, system, owner = null, lessee = null } = flags;
  if (!roles) {
    if (project || system) throw new UsageError({ why: '--project and --system go with --role' });
    return undefined;
  }
  const authority = authorityIn(loaded, rules);
  const caller: Caller = {
    requestId: 'list',
    roles: withImplied(roles),
    ...(project && { project }),
    ...(system && { systemScope: true }),
  };
  const target = { 'node.owner': owner, 'node.lessee': lessee, 'allocation.owner': owner, 'runbook.owner': owner };
  return (name) => authority.allows(name as PolicyRule, caller, target);
}

function authorityIn({ config }: LoadedConfig, rules: RuleSet): Authority {
  const { oslo_policy, DEFAULT } = config;
  return makeAuthority({
    rules: () => rules,
    enforceScope: oslo_policy.enforce_scope,
    ...(DEFAULT.rbac_service_role_elevated_access && { serviceProject: DEFAULT.rbac_service_project_name }),
  });
}

const implied = ['admin', 'manager', 'member', 'reader'];

/** The identity service gives whoever has a role those below it too. */
const withImplied = (roles: readonly string[]): string[] => [
  ...new Set(roles.flatMap((role) => (implied.includes(role) ? implied.slice(implied.indexOf(role)) : [role]))),
];

function checkCommand(shell: Shell): Command {
  const { out, err } = shell.screen;
  const command = withConfig(new Command('check'))
    .description('say what is wrong with policy files, without starting anything')
    .argument('[file...]', 'files to check; those of the configuration when none is named');
  return command.action((named: string[]) => {
    const loaded = loadConfig(configInput(command.opts<ConfigFlags>(), shell.env));
    const files = named.length > 0 ? named : policyFilesOf(loaded);
    const overrides = wrapped(() => readPolicyFiles(files));
    wrapped(() => rulesOf(loaded, overrides));
    for (const name of Object.keys(overrides))
      if (!Object.hasOwn(policyRules, name) && name.startsWith('baremetal:') && !name.startsWith('baremetal:step:'))
        err.write(`warning: nothing asks for rule "${name}"\n`);
    for (const file of files) out.write(`${file}\n`);
    err.write(
      `The rules can be used; ${Object.keys(overrides).length} replace or add to the ${Object.keys(policyRules).length} built-in ones.\n`,
    );
  });
}

function wrapped<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new WorkFailed({ why: explain(error) }, { cause: error });
  }
}

function generateCommand(shell: Shell): Command {
  return new Command('generate')
    .description('print a policy file with every rule as a comment: take the # away from what you change')
    .action(() => {
      for (const [name, check] of Object.entries(policyRules)) {
        if (name.startsWith('baremetal:'))
          shell.screen.out.write(`# Intended scope(s): ${policyScopesOf(name).join(', ')}\n`);
        shell.screen.out.write(`#"${name}": "${check}"\n\n`);
      }
    });
}
