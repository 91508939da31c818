// The form of inspection rules, as clients give them.
import { InvalidParameterValue } from '#contract/errors.ts';
import { checkEntries } from '#model/inspection/rules/rule-form.ts';

const highestPriority = 9999;

/** Throws 400 unless what is given of a rule can be one. */
export function checkRule(rule: Readonly<Record<string, unknown>>): void {
  const { phase, priority, conditions, actions } = rule;
  const wrong = (why: string) => new InvalidParameterValue({ why: `${why}.` });
  if (phase !== undefined && phase !== null && phase !== 'main')
    throw wrong(`phase "${String(phase)}": "main" is the only one`);
  if (typeof priority === 'number' && (priority < 0 || priority > highestPriority))
    throw wrong(`priority ${priority}: 0 to ${highestPriority} is accepted`);
  if (conditions) checkEntries('conditions', conditions as readonly unknown[], wrong);
  if (actions) checkEntries('actions', actions as readonly unknown[], wrong);
}
