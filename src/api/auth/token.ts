// What keystone says of a token (Identity API v3, "Validate and show information for token"), as a caller of our API.
import type { DomainName } from '#contract/policies.ts';
import type { Identity } from './gate.ts';

type Part = Readonly<Record<string, unknown>>;

const part = (value: unknown): Part => (typeof value === 'object' && value !== null ? (value as Part) : {});
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function named(value: unknown): DomainName | undefined {
  const [id, name] = [text(part(value).id), text(part(value).name)];
  return id || name ? { ...(id && { id }), ...(name && { name }) } : undefined;
}

export interface TokenFacts {
  readonly identity: Identity;
  /** Milliseconds since the epoch; undefined where the answer names no end. */
  readonly expires: number | undefined;
  readonly roles: readonly string[];
}

/** The facts in the body of a validation; undefined where it is none. */
export function tokenFacts(body: unknown): TokenFacts | undefined {
  const token = part(part(body).token);
  const user = part(token.user);
  const id = text(user.id);
  if (!id) return undefined;
  const project = part(token.project);
  const domain = named(token.domain);
  const roles = (Array.isArray(token.roles) ? token.roles : []).flatMap((role) => text(part(role).name) ?? []);
  const [userDomain, projectDomain] = [named(user.domain), named(project.domain)];
  const [userName, projectId, projectName] = [text(user.name), text(project.id), text(project.name)];
  const expires = Date.parse(text(token.expires_at) ?? '');
  return {
    roles,
    expires: Number.isNaN(expires) ? undefined : expires,
    identity: {
      user: id,
      roles,
      ...(userName && { userName }),
      ...(userDomain && { userDomain }),
      ...(projectId && { project: projectId }),
      ...(projectName && { projectName }),
      ...(projectDomain && { projectDomain }),
      ...(domain && { domain }),
      ...(part(token.system).all === true && { systemScope: true }),
      ...(token.is_admin_project === false && { adminProject: false }),
    },
  };
}
