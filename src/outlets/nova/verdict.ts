// What an answer of nova means for the callback that it answers. (reference: nova-power-update.md §3)

/** What came back: an answer of any status, or none. */
export type Reply =
  | { readonly is: 'answer'; readonly status: number; readonly text: string; readonly retryAfterSeconds?: number }
  | { readonly is: 'silence'; readonly why: string; readonly mayHaveArrived: boolean };

export type Verdict =
  | { readonly is: 'told' }
  /** Nova, or the way to it, is not well: whoever is told next would meet the same. `unknown`: it may still take effect. */
  | { readonly is: 'service'; readonly why: string; readonly unknown: boolean; readonly retryAfterSeconds?: number }
  /** This callback was not taken; it may be later. After `tries` such answers it counts as refused. */
  | { readonly is: 'again'; readonly why: string; readonly tries: number }
  | { readonly is: 'refused'; readonly why: string };

/** The server has no host yet, or nova answers in a way that nobody understands: worth some more tries. */
const someTries = 5;
const withoutEnd = Number.POSITIVE_INFINITY;

/** Statuses that a gateway gives although the request may have gone through. */
const gateway = [502, 504];
/** What nova answers while it, its keystone, its quota or our configuration is not well: not about this event. */
const service = [401, 403, 404, 408, 429, 502, 503, 504];

export function verdictOn(reply: Reply): Verdict {
  if (reply.is === 'silence') return { is: 'service', why: reply.why, unknown: reply.mayHaveArrived };
  const { status, text, retryAfterSeconds } = reply;
  const why = `HTTP ${status}: ${text.slice(0, 300) || 'without a body'}`;
  if (service.includes(status))
    return {
      is: 'service',
      why,
      unknown: gateway.includes(status),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    };
  if (status >= 500) return { is: 'again', why, tries: withoutEnd };
  if (status >= 300) return { is: 'again', why, tries: someTries };
  return onEvent(text);
}

/** The answer was taken as such; the event in it carries a code of its own. */
function onEvent(text: string): Verdict {
  const code = codeIn(text);
  if (code === undefined)
    return { is: 'again', why: `an answer that is none: ${text.slice(0, 300) || 'nothing'}`, tries: someTries };
  if (code < 400) return { is: 'told' };
  if (code === 404) return { is: 'refused', why: 'nova knows no such server (code 404)' };
  if (code === 422) return { is: 'again', why: 'the server has no host in nova (code 422)', tries: someTries };
  if (code >= 500) return { is: 'again', why: `nova failed at the event (code ${code})`, tries: someTries };
  return { is: 'refused', why: `nova refused the event (code ${code})` };
}

function codeIn(text: string): number | undefined {
  try {
    const { events } = JSON.parse(text) as { events?: readonly { code?: unknown }[] };
    const code = events?.[0]?.code;
    return typeof code === 'number' ? code : undefined;
  } catch {
    return undefined;
  }
}
