// The one place where an error becomes an answer.
import { STATUS_CODES } from 'node:http';
import { Fault } from '#base/errors.ts';
import { BodyTooDeep, BodyTooLarge, InternalError } from '#contract/errors.ts';
import { IdentityUnavailable, NotAuthenticated } from './auth/gate.ts';

/** Errors of the way to a resource, not of the resource: clients get these in the form of the web framework. */
const ofTheRouter = new Set(['RouteNotFound', 'MethodNotAllowed', 'UnsupportedVersion', 'BadUri']);

export interface ErrorReply {
  readonly status: number;
  readonly json: string;
  /** WWW-Authenticate */
  readonly challenge?: string;
}

const errorInside = (message: object): string => JSON.stringify({ error_message: JSON.stringify(message) });

/** The answer to a request that ended with `error`. Anything not declared becomes a 500 that tells nothing but the request's id. */
export function renderError(error: unknown, requestId: string): ErrorReply {
  const fault = isAnswerable(error) ? error : new InternalError({ request: requestId });
  const { status, message } = fault;
  // compat: identity is asked in front of the API, which says no in its own form
  if (NotAuthenticated.is(fault) || IdentityUnavailable.is(fault)) {
    const json = JSON.stringify({ error: { code: status, title: STATUS_CODES[status], message } });
    return { status, json, ...(NotAuthenticated.is(fault) && { challenge: fault.facts.challenge }) };
  }
  if (ofTheRouter.has(fault.name))
    return {
      status,
      json: errorInside({ code: status, title: STATUS_CODES[status] ?? 'Error', description: message }),
    };
  const inner = { faultcode: status < 500 ? 'Client' : 'Server', faultstring: message, debuginfo: null };
  // compat: the limits of a body are told outside of the usual envelope
  if (BodyTooLarge.is(fault) || BodyTooDeep.is(fault))
    return { status, json: JSON.stringify({ faultcode: inner.faultcode, faultstring: message }) };
  return { status, json: errorInside(inner) };
}

/** Declared, and said in words for a client. */
export const isAnswerable = (error: unknown): error is Fault =>
  error instanceof Fault && error.status >= 400 && error.status < 600;
