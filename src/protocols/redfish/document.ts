// Reading what BMCs answer: every member may be missing, or be something else than the schema says.

export type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A part of a document that is a document itself; empty where there is none. */
export const part = (body: unknown, ...names: readonly string[]): Json =>
  names.reduce<Json>(
    (at, name) => (Object.hasOwn(at, name) && isObject(at[name]) ? at[name] : {}),
    isObject(body) ? body : {},
  );

/** The documents in a list; empty where there is none. */
export const parts = (body: Json, name: string): readonly Json[] => {
  const list = body[name];
  return Array.isArray(list) ? list.filter(isObject) : [];
};

/** The texts in a list; empty where there is none. */
export const texts = (body: Json, name: string): readonly string[] => {
  const list = body[name];
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
};

/** A text that says something, trimmed; undefined else. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text || undefined;
}

/** A finite number; undefined else. */
export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** The path that a document's `@odata.id` tells. */
export const linkOf = (body: Json): string | undefined => textOf(body['@odata.id']);

/** The paths of a collection's members, or of a list of links under another name. */
export const linksOf = (body: Json, name = 'Members'): readonly string[] =>
  parts(body, name).flatMap((member) => linkOf(member) ?? []);

/** An action of a resource: where it is asked for, and the values that a parameter of it may have where that is told. */
export function actionOf(body: Json, name: string): { target: string; allowed(parameter: string): readonly string[] } {
  const action = part(body, 'Actions', `#${name}`);
  const path = (linkOf(body) ?? '').replace(/\/+$/, '');
  return {
    target: textOf(action.target) ?? `${path}/Actions/${name}`,
    allowed: (parameter) => texts(action, `${parameter}@Redfish.AllowableValues`),
  };
}

/** Whether a resource offers an action at all. */
export const hasAction = (body: Json, name: string): boolean => Object.hasOwn(part(body, 'Actions'), `#${name}`);
