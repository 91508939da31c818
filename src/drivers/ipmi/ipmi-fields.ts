// How fields of driver_info are read, and refused.

/** Reads a field of driver_info as text; '' where it is not set. */
export type Text = (field: string) => string;
/** Makes the error for a field from what is wrong with it. */
export type Wrong = (field: string, why: string) => Error;

/** The value, which must be one of the few. */
export function oneOf<T extends string>(field: string, values: readonly T[], value: string, wrong: Wrong): T {
  const known = values.find((each) => each === value);
  if (known === undefined) throw wrong(field, `is "${value}"; it can be ${values.join(', ')}`);
  return known;
}
