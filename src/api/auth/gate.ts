// Who asks: what stands before every path but those that machines and load balancers need without an account.
import type { IncomingMessage } from 'node:http';
import { defineError } from '#base/errors.ts';
import type { Caller } from '#contract/policies.ts';

export interface Credentials {
  readonly method: string;
  /** As it came, with its query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly signal: AbortSignal;
}

/** What a way to authenticate says of a request: everything about the caller but the request's id. */
export type Identity = Omit<Caller, 'requestId'>;

export interface Gate {
  /** Throws NotAuthenticated (401) or IdentityUnavailable (503). */
  identify(request: Credentials): Promise<Identity>;
}

/** 401; `challenge` is the WWW-Authenticate header. */
export const NotAuthenticated = defineError(
  'NotAuthenticated',
  401,
  (p: { why: string; challenge: string }) => `The request you have made requires authentication: ${p.why}`,
);

/** 503: nobody can say now whether a token is good. */
export const IdentityUnavailable = defineError(
  'IdentityUnavailable',
  503,
  (p: { why: string }) => `Tokens cannot be checked now: ${p.why}`,
);

/** Paths that need no account (and take none): the roots, what ramdisks call, the health check. */
const publicPaths =
  /^\/(?:v1\/?|v1\.json|healthcheck(?:\/.*)?|v1\/(?:lookup|heartbeat|continue_inspection)(?:[/.].*)?)?$/;

export function isPublic(url: string): boolean {
  const at = url.search(/[?#]/);
  return publicPaths.test(at < 0 ? url : url.slice(0, at));
}

/** Who sends this request; throws what the gate throws. */
export async function callerOf(
  gate: Gate | undefined,
  request: IncomingMessage,
  requestId: string,
  signal: AbortSignal,
): Promise<Caller> {
  if (!gate || isPublic(request.url ?? '/')) return { requestId };
  const { method = 'GET', url = '/', headers } = request;
  return { requestId, ...(await gate.identify({ method, url, headers, signal })) };
}
