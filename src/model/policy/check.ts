// The rule language of oslo.policy as a tree (oslo.policy documentation, "Policy rule expressions").

/** A text in which `%(name)s` stands for an attribute of the target. */
export type Template = readonly (string | { readonly target: string })[];

export type Check =
  | { readonly is: 'always' | 'never' }
  | { readonly is: 'not'; readonly of: Check }
  | { readonly is: 'and' | 'or'; readonly of: readonly Check[] }
  | { readonly is: 'rule'; readonly name: string }
  | { readonly is: 'role'; readonly name: Template }
  /** A credential, named with dots where it lies deeper, equals the text. */
  | { readonly is: 'credential'; readonly path: readonly string[]; readonly equals: Template }
  /** A constant equals the text. */
  | { readonly is: 'constant'; readonly value: string; readonly equals: Template };

/** The names of the rules that a check asks for. */
export function rulesAskedBy(check: Check): string[] {
  switch (check.is) {
    case 'rule':
      return [check.name];
    case 'not':
      return rulesAskedBy(check.of);
    case 'and':
    case 'or':
      return check.of.flatMap(rulesAskedBy);
    default:
      return [];
  }
}
