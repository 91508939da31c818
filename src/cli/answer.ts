// Refusals of the service, in whichever form they come, as one sentence.
import { Refused, Unreachable } from './exit-codes.ts';

/** The error for an answer of 400 and above. */
export function readRefusal(url: string, what: string, status: number, text: string): Error {
  const sentence = sentenceIn(text);
  if (sentence === undefined)
    return new Unreachable({
      url,
      why: `${what} was answered with ${status} in a form that the bare metal API does not have`,
      advice: 'give the address of the API, without "/v1", with --url or INGOT_URL',
    });
  const told = status === 401 ? `${trimmed(sentence)}; give --user and --password, or a token in OS_TOKEN.` : sentence;
  return new Refused({ sentence: told || `${what} was answered with ${status}.`, status });
}

const trimmed = (text: string): string => text.replace(/[.\s]+$/, '');

/**
 * What an error body says: `error_message` holds JSON as text, as an object, or a plain text; inside are `faultstring` or
 * `title` and `description`. Undefined where it is none of these.
 */
function sentenceIn(text: string): string | undefined {
  const body = parsed(text);
  if (!isRow(body)) return undefined;
  const inner = 'error_message' in body ? body.error_message : (body.error ?? body);
  const fault = typeof inner === 'string' ? (parsed(inner) ?? inner) : inner;
  if (typeof fault === 'string') return fault;
  if (!isRow(fault)) return undefined;
  const said = [fault.faultstring, fault.description, fault.message, fault.title].find(
    (part) => typeof part === 'string' && part !== '',
  );
  return said as string | undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRow = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
