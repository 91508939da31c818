// What an application credential was restricted to: requests that fit one of its access rules (Identity API v3,
// "Application credentials", access rules).

export interface AccessRule {
  readonly method: string;
  /** `*` and `{name}` stand for one segment, `**` for anything. */
  readonly path: string;
  /** Type of the service in the catalogue. */
  readonly service: string;
}

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly url: string;
}

export function fitsOne(rules: readonly AccessRule[], { method, url }: Asked, service: string): boolean {
  const path = url.replace(/[?#].*$/s, '');
  return rules.some((rule) => rule.method === method && rule.service === service && pathFits(path, rule.path));
}

const longestPath = 4096;

/** Whether the path is one of those that the pattern stands for; the time it takes grows with their lengths alone. */
export function pathFits(path: string, pattern: string): boolean {
  if (path.length > longestPath || pattern.length > longestPath) return false;
  // Where in the path the pattern may have come to, after each of its parts.
  let reached = new Uint8Array(path.length + 1);
  reached[0] = 1;
  for (const [part] of pattern.matchAll(/\*\*|\*|\{[^}]*\}|[^*{}]+|[{}]/g)) reached = step(reached, path, part);
  return reached[path.length] === 1;
}

function step(reached: Uint8Array<ArrayBuffer>, path: string, part: string): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(reached.length);
  const segment = part === '*' || (part.startsWith('{') && part.endsWith('}') && part.length > 1);
  let within = false;
  for (let at = 0; at < reached.length; at += 1) {
    if (part === '**') within ||= reached[at] === 1;
    else if (segment) within = at > 0 && path[at - 1] !== '/' && (within || reached[at - 1] === 1);
    else within = at >= part.length && reached[at - part.length] === 1 && path.startsWith(part, at - part.length);
    if (within) next[at] = 1;
  }
  return next;
}
