// Values as Python writes them: rules compare and store the text that a placeholder becomes, and rules that exist were
// written for that text (True, None, {'a': 1}).

/** The text of a value as `str()` gives it. */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : written(value);
}

function written(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${quoted(key)}: ${written(inner)}`);
  return `{${pairs.join(', ')}}`;
}

const numberText = (value: number): string => String(value).replace(/e([+-])(\d)$/, 'e$10$2');

const named: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replace(/[\\\n\r\t\x00-\x1f\x7f]/g, (letter) => named[letter] ?? hex(letter));
  return quote + (quote === "'" ? inner.replaceAll("'", "\\'") : inner) + quote;
}

const hex = (letter: string): string => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;
