const beyond = /[\u0080-\uffff]/;
const eachBeyond = /[\u0080-\uffff]/g;
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON text in which every character is ASCII: as many bytes as characters, whatever values hold. */
export function asciiJson(value: unknown): string {
  const text = JSON.stringify(value);
  return beyond.test(text) ? text.replace(eachBeyond, escaped) : text;
}
