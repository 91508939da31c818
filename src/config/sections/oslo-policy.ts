import { boolean, multi, path, text } from '../option.ts';

export const osloPolicy = {
  enforce_scope: boolean(true, 'Refuse tokens of another scope than a rule wants.'),
  enforce_new_defaults: boolean(true, 'Do not also admit callers by the rules of before secure RBAC.'),
  policy_file: path('policy.yaml', 'Rules that replace the built-in ones; may be missing.'),
  policy_default_rule: text('default', 'Rule asked where a rule is missing.'),
  policy_dirs: multi(['policy.d'], 'Folders of further rules.'),
};
