// Who may do what: the rules in force asked with what a caller's token says.
import { type Authority, type Caller, type PolicyRule, type PolicyTarget, policyScopesOf } from '#contract/policies.ts';
import { policyRules } from '#contract/policy-rules.ts';
import { type Credentials, credentialsFrom, type Values } from './compile.ts';
import type { RuleSet } from './rule-set.ts';

export interface AuthorityParts {
  /** The rules of this moment: files may change. */
  readonly rules: () => RuleSet;
  /** [oslo_policy]enforce_scope */
  readonly enforceScope: boolean;
  /** [DEFAULT]rbac_service_project_name, where rbac_service_role_elevated_access is on: its service role counts as system. */
  readonly serviceProject?: string;
  /** Callers are not told apart (noauth, http_basic): whoever asks has every role in the whole system. */
  readonly standalone?: boolean;
}

export function makeAuthority({ rules, enforceScope, serviceProject, standalone = false }: AuthorityParts): Authority {
  const known = new WeakMap<Caller, Credentials>();
  const credentialsFor = (caller: Caller): Credentials => {
    const before = known.get(caller);
    if (before) return before;
    const values = credentialsOf(caller);
    const credentials = credentialsFrom(standalone ? { ...values, ...everything } : values);
    known.set(caller, credentials);
    return credentials;
  };
  const service: PolicyTarget = serviceProject === undefined ? {} : { 'config.service_project_name': serviceProject };
  const scopes = new Map<string, ReturnType<typeof policyScopesOf>>();
  const takes = (rule: string, caller: Caller): boolean => {
    let taken = scopes.get(rule);
    if (!taken) {
      taken = policyScopesOf(rule);
      if (Object.hasOwn(policyRules, rule)) scopes.set(rule, taken);
    }
    return taken.includes(standalone ? 'system' : scopeOf(caller));
  };
  return {
    allows(rule: PolicyRule, caller: Caller, target: PolicyTarget = nothing) {
      if (enforceScope && !takes(rule, caller)) return false;
      const set = rules();
      const judge = set.judge(rule);
      if (!judge) return false;
      const credentials = credentialsFor(caller);
      // compat: what is known of the caller counts as attributes of the target too
      const places = [target, service, credentials.values];
      return judge({ credentials, target: places, known: set.keepsAnswers ? new Map() : undefined });
    },
    enforced: (name) => rules().text(name) !== undefined,
    compared: (rule, caller) => rules().compared(rule, credentialsFor(caller).values),
    formerDefaults: () => !standalone && rules().formerDefaults,
  };
}

const nothing: PolicyTarget = {};

const everything = { roles: ['admin', 'manager', 'member', 'reader', 'service'], system_scope: 'all' };

const scopeOf = (caller: Caller): 'system' | 'domain' | 'project' => {
  if (caller.systemScope) return 'system';
  return caller.domain ? 'domain' : 'project';
};

/** A caller as rules name it: the attributes that oslo.context gives to oslo.policy. */
export function credentialsOf(caller: Caller): Values {
  const { user = null, project = null } = caller;
  return {
    user,
    user_id: user,
    user_name: caller.userName ?? null,
    user_domain_id: caller.userDomain?.id ?? null,
    user_domain_name: caller.userDomain?.name ?? null,
    user_domain: caller.userDomain?.id ?? null,
    project_id: project,
    tenant: project,
    tenant_id: project,
    project_name: caller.projectName ?? null,
    project_domain_id: caller.projectDomain?.id ?? null,
    project_domain_name: caller.projectDomain?.name ?? null,
    project_domain: caller.projectDomain?.id ?? null,
    domain_id: caller.domain?.id ?? null,
    domain_name: caller.domain?.name ?? null,
    system_scope: caller.systemScope ? 'all' : null,
    roles: caller.roles ?? [],
    service_roles: caller.serviceRoles ?? [],
    is_admin_project: caller.adminProject ?? true,
    is_public_api: false,
  };
}
