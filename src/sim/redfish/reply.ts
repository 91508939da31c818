// Answers of a simulated Redfish service, as data.
import type { IncomingHttpHeaders } from 'node:http';

export type Json = Readonly<Record<string, unknown>>;

/** What was asked, once it is known who asks and which machine is meant. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** What stood at the places of the route: `{machine}`, `{id}`. */
  readonly names: Readonly<Record<string, string>>;
  readonly body: Json;
  readonly headers: IncomingHttpHeaders;
}

export interface Answer {
  readonly status: number;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (body: Json): Answer => ({ status: 200, body });
export const nothing: Answer = { status: 204 };

/** An error in Redfish's form (DSP0266 §8.6), with a message of the Base registry. */
export function wrong(status: number, id: string, message: string, ...args: readonly string[]): Answer {
  const info = { '@odata.type': '#Message.v1_1_1.Message', MessageId: `Base.1.12.${id}`, Message: message };
  const extended = { ...info, MessageArgs: args, Severity: status >= 500 ? 'Critical' : 'Warning' };
  return {
    status,
    body: { error: { code: 'Base.1.12.GeneralError', message, '@Message.ExtendedInfo': [extended] } },
  };
}

export const notFound = (path: string): Answer =>
  wrong(404, 'ResourceMissingAtURI', `The resource at the URI ${path} was not found.`, path);

export const missing = (name: string, action: string): Answer =>
  wrong(
    400,
    'ActionParameterMissing',
    `The action ${action} requires the parameter ${name} to be present.`,
    action,
    name,
  );

export const badValue = (name: string, value: unknown): Answer =>
  wrong(
    400,
    'PropertyValueNotInList',
    `The value '${String(value)}' for the property ${name} is not in the list of acceptable values.`,
    String(value),
    name,
  );

export const unknownProperty = (name: string): Answer =>
  wrong(400, 'PropertyUnknown', `The property ${name} is not in the list of valid properties for the resource.`, name);

/** A resource's own facts. */
export const resource = (path: string, type: string, id: string, name: string, more: Json): Json => ({
  '@odata.id': path,
  '@odata.type': `#${type}`,
  Id: id,
  Name: name,
  ...more,
});

export const link = (path: string): Json => ({ '@odata.id': path });

/** A collection of the members at these paths. */
export const collection = (path: string, kind: string, members: readonly string[]): Json => ({
  '@odata.id': path,
  '@odata.type': `#${kind}Collection.${kind}Collection`,
  Name: `${kind} Collection`,
  'Members@odata.count': members.length,
  Members: members.map(link),
});

export const health = { Health: 'OK', State: 'Enabled' };
