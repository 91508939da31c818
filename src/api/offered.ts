import { UnsupportedDriverExtension } from '#contract/errors.ts';

/** An order that not every conductor takes; without it the request is refused (400) in place of failing. */
export function offered<F>(order: F | undefined, what: string): F {
  if (order === undefined) throw new UnsupportedDriverExtension({ driver: 'of this node', extension: what });
  return order;
}
