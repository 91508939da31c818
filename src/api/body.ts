// A body before it is trusted: its size was limited while it was read; here its text, its depth and its JSON.
import { BadUri, BodyTooDeep, InvalidContent } from '#contract/errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON of a body; undefined for none. Depth is counted before anything is parsed. */
export function parseBody(bytes: Uint8Array | undefined, maxDepth: number): unknown {
  if (!bytes || bytes.length === 0) return undefined;
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw new BadUri({ why: 'The body is not UTF-8 text.' }, { cause });
  }
  checkDepth(text, maxDepth);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidContent({ why: `The body is not JSON: ${(cause as Error).message}.` }, { cause });
  }
}

function checkDepth(text: string, limit: number): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > limit) throw new BodyTooDeep({ limit });
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return text.length;
}
