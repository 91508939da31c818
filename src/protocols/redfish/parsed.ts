import type { Json } from './document.ts';

/** A JSON object, empty for an empty text; undefined where the text is something else. */
export function parsed(text: string): Json | undefined {
  if (!text.trim()) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // Not JSON: told by the undefined.
  }
  return undefined;
}
