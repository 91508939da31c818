import { defineError } from '#base/errors.ts';

/** Nobody is there to be answered; the status (nginx's) stands in the log only. */
export const ClientGone = defineError('ClientGone', 499, () => 'The client went away before it was answered.');
