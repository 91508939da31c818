// auth_section: a section may take who it is from another one.
import { AuthMisconfigured } from './errors.ts';

const authOptions = [
  'auth_type',
  'auth_url',
  'username',
  'user_id',
  'password',
  'user_domain_id',
  'user_domain_name',
  'project_id',
  'project_name',
  'project_domain_id',
  'project_domain_name',
  'domain_id',
  'domain_name',
  'default_domain_id',
  'default_domain_name',
  'system_scope',
  'trust_id',
  'tenant_id',
  'tenant_name',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
  'token',
  'endpoint',
] as const;

/**
 * The options of a section, its auth options taken from the section that its `auth_section` names. `sections` is the whole
 * configuration. Throws AuthMisconfigured where there is no such section, or one that says nothing of the kind.
 */
export function withAuthSection<O extends { readonly auth_section: string | null }>(
  section: string,
  options: O,
  sections: Readonly<Record<string, object>>,
): O {
  const { auth_section: name } = options;
  if (name === null || name === section) return options;
  const other = Object.hasOwn(sections, name) ? sections[name] : undefined;
  if (!other || !('auth_type' in other))
    throw new AuthMisconfigured({ section, why: `auth_section names no section with auth options: ${name}` });
  const taken = Object.fromEntries(authOptions.map((option) => [option, Reflect.get(other, option)]));
  return { ...options, ...taken };
}
