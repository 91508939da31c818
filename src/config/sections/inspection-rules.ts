import { choice, text } from '../option.ts';

export const inspectionRules = {
  built_in_rules: text(null, 'File of rules that are always there.', { mutable: true }),
  mask_secrets: choice('always', ['always', 'never', 'sensitive'], 'When secrets are hidden from rules.'),
};
