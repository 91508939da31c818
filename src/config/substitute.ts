// `$name`, `${name}`, `$section.name` in values; `$$` and `\$` stand for a dollar sign.

/** The text that a name stands for. */
export type Lookup = (name: string) => string;

const reference = /\$(?:(\$)|([_a-z][._a-z0-9]*)|\{([_a-z][._a-z0-9]*)\})/gi;

/** Put values in the place of names. What is no name (`$5`, a lone `$`) stays. Throws what `lookup` throws. */
export function substitute(text: string, lookup: Lookup): string {
  if (!text.includes('$')) return text;
  return text
    .replaceAll('\\$', '$$$$')
    .replace(reference, (_whole, escaped?: string, bare?: string, braced?: string) =>
      escaped ? '$' : lookup(bare ?? braced ?? ''),
    );
}
