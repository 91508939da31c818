// Who may do what, as the API asks it. The rules' check strings are data; an Authority judges them.
import { HTTPForbidden } from './errors.ts';
import { policyScopes } from './policy-history.ts';
import { policyRules } from './policy-rules.ts';

export type PolicyRule = keyof typeof policyRules;

/** Who asks: what a token says. Without authentication nobody in particular. */
export interface Caller {
  readonly requestId: string;
  readonly user?: string;
  readonly userName?: string;
  readonly userDomain?: DomainName;
  readonly project?: string;
  readonly projectName?: string;
  readonly projectDomain?: DomainName;
  /** Of a token that is scoped to a domain. */
  readonly domain?: DomainName;
  readonly roles?: readonly string[];
  readonly systemScope?: boolean;
  /** False only where the identity service names a project for administration, and this is another. */
  readonly adminProject?: boolean;
  /** Of the service that asks on behalf of the user, from its own token. */
  readonly serviceRoles?: readonly string[];
}

export interface DomainName {
  readonly id?: string;
  readonly name?: string;
}

/** What a rule may look at: a node's owner and lessee, an allocation's owner and the like. */
export type PolicyTarget = Readonly<Record<string, string | boolean | null | undefined>>;

export interface Authority {
  allows(rule: PolicyRule, caller: Caller, target?: PolicyTarget): boolean;
  /** Whether there is such a rule: operators may add rules of their own for single steps. */
  enforced?(name: string): boolean;
  /** The texts that attributes of a target are held against when this caller asks for the rule. */
  compared?(rule: PolicyRule, caller: Caller): readonly string[];
  /** Whether the defaults of before secure RBAC count as well. */
  formerDefaults?(): boolean;
}

type TokenScope = 'system' | 'project' | 'domain';

/** The scopes of tokens that may pass a rule; building blocks take every scope. */
export const policyScopesOf = (rule: string): readonly TokenScope[] => {
  const own = policyScopes[rule];
  if (own) return own;
  return rule.startsWith('baremetal:') && policyRules[rule as PolicyRule] !== ''
    ? ['system', 'project']
    : ['system', 'project', 'domain'];
};

/** Without authentication everything is allowed but what nobody may: to see passwords. */
export const allowAll: Authority = { allows: (rule) => policyRules[rule] !== '!' };

/** Throws HTTPForbidden (403) unless `caller` may. */
export function demand(authority: Authority, rule: PolicyRule, caller: Caller, target?: PolicyTarget): void {
  if (!authority.allows(rule, caller, target)) throw new HTTPForbidden({ rule });
}
