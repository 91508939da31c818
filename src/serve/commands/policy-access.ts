// Who asks and for what, from files as oslopolicy-checker takes them.
import { readFileSync } from 'node:fs';
import { tokenFacts } from '#api/auth/token.ts';
import { explain } from '#base/errors.ts';
import { UsageError } from '#cli/exit-codes.ts';
import type { Caller, PolicyTarget } from '#contract/policies.ts';

function jsonOf(option: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError({ why: `${option} ${file} cannot be read: ${explain(error)}` }, { cause: error });
  }
}

/** The caller in a file that holds what keystone says of a token. */
export function callerIn(file: string): Caller {
  const facts = tokenFacts(jsonOf('--access', file));
  if (!facts) throw new UsageError({ why: `--access ${file}: what GET /v3/auth/tokens answers is expected` });
  return { requestId: 'access', ...facts.identity };
}

/** The attributes in a file: an object, those inside others named with dots. */
export function targetIn(file: string): PolicyTarget {
  const target: Record<string, string | boolean | null> = {};
  const walk = (value: unknown, name: string): void => {
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, name ? `${name}.${key}` : key);
    else target[name] = typeof value === 'number' ? String(value) : (value as string | boolean | null);
  };
  walk(jsonOf('--target', file), '');
  return target;
}
