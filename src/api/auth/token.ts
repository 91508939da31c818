// What keystone says of a token (Identity API v3, "Validate and show information for token"), as a caller of our API.
import type { DomainName } from '#contract/policies.ts';
import type { AccessRule } from './access-rules.ts';
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
  /** The only requests that the token may be used for; undefined: for any. */
  readonly accessRules?: readonly AccessRule[];
  /** Types of the services in its catalogue; undefined where the answer has none. */
  readonly services?: readonly string[];
}

/** Whatever is no rule lets nothing pass. */
function accessRulesIn(value: unknown): readonly AccessRule[] | undefined {
  const rules = part(value).access_rules;
  if (rules === undefined || rules === null) return undefined;
  return (Array.isArray(rules) ? rules : []).flatMap((rule) => {
    const [method, path, service] = [text(part(rule).method), text(part(rule).path), text(part(rule).service)];
    return method && path && service ? [{ method, path, service }] : [];
  });
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
  const accessRules = accessRulesIn(token.application_credential);
  const services = Array.isArray(token.catalog)
    ? token.catalog.flatMap((one) => text(part(one).type) ?? [])
    : undefined;
  return {
    roles,
    expires: Number.isNaN(expires) ? undefined : expires,
    ...(accessRules && { accessRules }),
    ...(accessRules && services && { services }),
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
