import { randomBytes, randomUUID } from 'node:crypto';

/** A new random UUID in its canonical lower-case form. */
export const newUuid = (): string => randomUUID();

/** A request id as OpenStack writes it: `req-` and a UUID. */
export const newRequestId = (): string => `req-${randomUUID()}`;

/** Text of `bytes` random bytes, url-safe, without padding (32 bytes: 43 characters). */
export const newToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

const uuidShape = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Whether `text` is a UUID, with or without dashes. */
export const isUuid = (text: string): boolean => uuidShape.test(text);
