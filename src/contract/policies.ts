// Who may do what, as the API asks it. The rules' check strings are data; an Authority judges them.
import { HTTPForbidden } from './errors.ts';
import { policyRules } from './policy-rules.ts';

export type PolicyRule = keyof typeof policyRules;

/** Who asks: what a token says. Without authentication nobody in particular. */
export interface Caller {
  readonly requestId: string;
  readonly user?: string;
  readonly project?: string;
  readonly roles?: readonly string[];
  readonly systemScope?: boolean;
}

/** What a rule may look at: a node's owner and lessee, an allocation's owner and the like. */
export type PolicyTarget = Readonly<Record<string, string | boolean | null | undefined>>;

export interface Authority {
  allows(rule: PolicyRule, caller: Caller, target?: PolicyTarget): boolean;
}

/** Without authentication everything is allowed but what nobody may: to see passwords. */
export const allowAll: Authority = { allows: (rule) => policyRules[rule] !== '!' };

/** Throws HTTPForbidden (403) unless `caller` may. */
export function demand(authority: Authority, rule: PolicyRule, caller: Caller, target?: PolicyTarget): void {
  if (!authority.allows(rule, caller, target)) throw new HTTPForbidden({ rule });
}
