import { defineError } from '#base/errors.ts';

/** A check string that cannot be read. */
export const PolicyRuleInvalid = defineError(
  'PolicyRuleInvalid',
  500,
  (p: { rule: string; text: string; why: string }) => `Policy rule "${p.rule}" ("${p.text}") cannot be read: ${p.why}.`,
);

/** A rule asks for one that there is not. */
export const PolicyRuleUnknown = defineError(
  'PolicyRuleUnknown',
  500,
  (p: { rule: string; asks: string }) => `Policy rule "${p.rule}" asks for rule:${p.asks}, which is not defined.`,
);

/** Rules ask for each other without an end. */
export const PolicyRuleCycle = defineError(
  'PolicyRuleCycle',
  500,
  (p: { path: readonly string[] }) => `Policy rules ask for each other in a circle: ${p.path.join(' -> ')}.`,
);

/** A policy file that cannot be read. */
export const PolicyFileInvalid = defineError(
  'PolicyFileInvalid',
  500,
  (p: { file: string; line: number; why: string }) => `Policy file ${p.file}, line ${p.line}: ${p.why}.`,
);
