// openstacksdk's bare metal proxy, one call after another in one Python process.
import { join } from 'node:path';
import { noAuth } from './osc.ts';
import { openSession } from './session.ts';

type Row = Record<string, unknown>;

export interface Sdk {
  /** Calls a method of the proxy; a last argument that is an object is given as keyword arguments. */
  <Answer = Row>(method: string, ...args: unknown[]): Promise<Answer>;
  end(): Promise<void>;
}

type Answer = { value: unknown } | { error: string; status: number | null; message: string };

export function openSdk(bin: string, url: string): Sdk {
  const script = join(import.meta.dirname, 'sdk_session.py');
  const session = openSession(join(bin, 'python'), [script], noAuth(url));
  const call = async (method: string, ...args: unknown[]) => {
    const last = args.at(-1);
    const named = typeof last === 'object' && last !== null && !Array.isArray(last);
    const question = { method, args: named ? args.slice(0, -1) : args, kwargs: named ? last : {} };
    const answer = await session.ask<Answer>(question);
    if ('error' in answer) throw new Error(`${method}: ${answer.error} ${answer.status}: ${answer.message}`);
    return answer.value;
  };
  return Object.assign(call as Sdk, { end: () => session.end() });
}
