// Trying again, as the adapter options of a section say: when no connection came about, and when a status asks for it.
import type { Clock } from '#base/clock.ts';
import { ServiceUnreachable } from './errors.ts';
import type { Answer, Call, Http } from './http.ts';

export interface RetryOptions {
  readonly connect_retries?: number | null;
  /** Seconds; null: half a second, doubling up to a minute. */
  readonly connect_retry_delay?: number | null;
  readonly status_code_retries?: number | null;
  /** Seconds, as above. */
  readonly status_code_retry_delay?: number | null;
}

/** keystoneauth's: the one status that says "later". */
const retriable: readonly number[] = [503];
const firstMs = 500;
const longestMs = 60_000;
/** Methods that may arrive twice without harm (RFC 9110 §9.2.2). */
const repeatable: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

/** `http` with the retries of a section; waiting ends with the signal of the call. */
export function retrying(http: Http, options: RetryOptions, clock: Clock): Http {
  return { send: (call) => sendAgain(http, options, clock, call), close: () => http.close() };
}

async function sendAgain(http: Http, options: RetryOptions, clock: Clock, call: Call): Promise<Answer> {
  const connecting = pauses(options.connect_retries, options.connect_retry_delay);
  const asking = pauses(options.status_code_retries, options.status_code_retry_delay);
  for (;;) {
    let pause: number | undefined;
    try {
      const answer = await http.send(call);
      pause = retriable.includes(answer.status) ? asking() : undefined;
      if (pause === undefined) return answer;
    } catch (error) {
      const again =
        ServiceUnreachable.is(error) && !call.signal?.aborted && mayRepeat(call, error.facts.mayHaveArrived);
      pause = again ? connecting() : undefined;
      if (pause === undefined) throw error;
    }
    await clock.sleep(pause, call.signal);
  }
}

const mayRepeat = ({ method }: Call, mayHaveArrived: boolean): boolean =>
  !mayHaveArrived || repeatable.includes(method);

/** How long to wait before each retry, in milliseconds; undefined when there is none left. */
function pauses(retries: number | null | undefined, delay: number | null | undefined): () => number | undefined {
  let left = retries ?? 0;
  let next = delay == null ? firstMs : delay * 1000;
  return () => {
    if (left <= 0) return undefined;
    left -= 1;
    const pause = next;
    if (delay == null) next = Math.min(next * 2, longestMs);
    return pause;
  };
}
