// The request that an action `api-call` asks for: a GET to where rules may go, without any credential of the house, without
// following redirects, and with nothing done with the answer but looking at its status.
import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import type { Clock } from '#base/clock.ts';
import { defineError, explain } from '#base/errors.ts';
import { refusedTarget } from '#model/inspection/call-target.ts';
import type { Call } from '#model/inspection/rules/actions.ts';

export const CallFailed = defineError(
  'CallFailed',
  500,
  (p: { url: string; why: string }) => `GET ${p.url} failed: ${p.why}`,
);

export interface CallMeans {
  /** `[ingot]rule_call_hosts`. */
  readonly allowed: readonly string[];
  /** `[DEFAULT]webserver_verify_ca`: false for any certificate, or the authorities to trust as PEM. */
  readonly verify: boolean | string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const triedAgain: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const longestPauseMs = 30_000;
const ownHeaders = /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|expect)$/i;

/** Make the call, again where that may help. Throws CallFailed. */
export async function makeCall(call: Call, means: CallMeans): Promise<void> {
  const url = URL.parse(call.url);
  const failed = (why: string) => new CallFailed({ url: url ? url.origin + url.pathname : call.url, why });
  if (!url || !/^https?:$/.test(url.protocol)) throw failed('an http(s) address is needed');
  if (url.username || url.password) throw failed('name and password do not belong into the address');
  if (!call.fixedHost && !means.allowed.length)
    throw failed(
      'the rule fills in where it goes; that needs [ingot] rule_call_hosts, so that no machine can name just any host',
    );
  const header = Object.keys(call.headers).find((name) => ownHeaders.test(name));
  if (header) throw failed(`the header "${header}" is not a rule's to set`);
  const dispatcher = dispatcherFor(call, url, means, failed);
  try {
    for (let attempt = 0; ; attempt += 1) {
      const why = await once(call, url, dispatcher, means.signal);
      if (why === undefined) return;
      if (!why.again || attempt >= call.retries) throw failed(why.why);
      const pause = Math.min(call.backoffFactor * 2 ** attempt * 1000, longestPauseMs);
      await means.clock.sleep(pause, means.signal);
    }
  } finally {
    await dispatcher.destroy();
  }
}

async function once(
  call: Call,
  url: URL,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<{ why: string; again: boolean } | undefined> {
  const timed = AbortSignal.any([signal, AbortSignal.timeout(call.timeoutSeconds * 1000)]);
  try {
    const { statusCode, body } = await request(url, {
      method: 'GET',
      headers: call.headers,
      dispatcher,
      signal: timed,
    });
    body.on('error', () => {}).destroy();
    if (statusCode >= 200 && statusCode < 300) return undefined;
    if (statusCode < 400) return { why: `it answers ${statusCode}; redirects are not followed`, again: false };
    return { why: `it answers ${statusCode}`, again: triedAgain.has(statusCode) };
  } catch (error) {
    signal.throwIfAborted();
    if (RefusedTarget.is(error)) return { why: error.message, again: false };
    const why = timed.aborted ? `no answer within ${call.timeoutSeconds} s` : explain(error);
    return { why, again: true };
  }
}

const RefusedTarget = defineError('RefusedTarget', 403, (p: { why: string }) => p.why);

/** What connects only to where it may: names are judged by the address that is then connected to. */
function dispatcherFor(
  call: Call,
  url: URL,
  { allowed, verify }: CallMeans,
  failed: (why: string) => Error,
): Dispatcher {
  const judge = (host: string, address: string) => {
    const why = refusedTarget(host, address, allowed);
    if (why) throw failed(why);
  };
  const hostOf = (where: URL) => where.hostname.replace(/^\[|\]$/g, '');
  const lookupJudged: LookupFunction = (host, options, callback) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const why = found.map(({ address }) => refusedTarget(host, address, allowed)).find((one) => one !== undefined);
      if (why) return callback(new RefusedTarget({ why }), '', 0);
      return options.all
        ? (callback as unknown as (e: null, all: LookupAddress[]) => void)(null, found)
        : callback(null, found[0]!.address, found[0]!.family);
    });
  const tls = typeof verify === 'string' ? { ca: verify } : { rejectUnauthorized: verify };
  const connect = { lookup: lookupJudged, ...tls };
  if (isIP(hostOf(url))) judge(hostOf(url), hostOf(url));
  const proxy = call.proxies[url.protocol.slice(0, -1)];
  if (!proxy) return new Agent({ connect });
  const via = URL.parse(proxy);
  if (!via || !/^https?:$/.test(via.protocol)) throw failed('its proxy is no http(s) address');
  for (const where of [via, url])
    if (isIP(hostOf(where))) judge(hostOf(where), hostOf(where));
    else if (allowed.length && !allowed.includes(hostOf(where)))
      throw failed(`${hostOf(where)} is not among the hosts that rules may call`);
  return new ProxyAgent({ uri: proxy, requestTls: tls, proxyTls: connect });
}
