import { defineError } from '#base/errors.ts';

/** No answer came; `mayHaveArrived` is false only where no byte of the request went out. */
export const ServiceUnreachable = defineError(
  'ServiceUnreachable',
  503,
  (p: { section: string; method: string; url: string; why: string; mayHaveArrived: boolean }) =>
    `[${p.section}] ${p.method} ${p.url} got no answer: ${p.why}`,
);

/** The identity service did not give a token. */
export const AuthRefused = defineError(
  'AuthRefused',
  500,
  (p: { url: string; section: string; status: number; why: string }) =>
    `The identity service at ${p.url} gave no token for the credentials of [${p.section}] (HTTP ${p.status}): ${p.why}`,
);

/** The options of a section do not name enough to authenticate. */
export const AuthMisconfigured = defineError(
  'AuthMisconfigured',
  500,
  (p: { section: string; why: string }) => `[${p.section}] cannot be used to authenticate: ${p.why}`,
);

/** The catalogue has no such endpoint. */
export const NoEndpoint = defineError(
  'NoEndpoint',
  500,
  (p: { section: string; wanted: string; found: string }) =>
    `The catalogue of the identity service has no endpoint for ${p.wanted} ([${p.section}]); it has ${p.found}.`,
);

/** The service does not speak the version that is wanted. */
export const NoVersion = defineError(
  'NoVersion',
  500,
  (p: { section: string; url: string; wanted: string; found: string }) =>
    `[${p.section}] wants version ${p.wanted} of the service at ${p.url}; it offers ${p.found}.`,
);
