// The body of POST /v3/auth/tokens from the auth options of a section (Identity API v3, "Authentication and tokens").
import type { AuthOptions } from './auth.ts';
import { AuthMisconfigured } from './errors.ts';

type Part = Record<string, unknown>;

/** The body that asks for a token. Throws AuthMisconfigured naming what is missing. */
export function tokenRequest(section: string, options: AuthOptions): Part {
  const identity = identityOf(section, options);
  // An application credential carries its own scope.
  const scope = 'application_credential' in identity ? undefined : scopeOf(options);
  return { auth: { identity, ...(scope && { scope }) } };
}

function identityOf(section: string, options: AuthOptions): Part {
  const wrong = (why: string) => new AuthMisconfigured({ section, why });
  switch (options.auth_type) {
    case 'token':
    case 'v3token':
      if (!options.token) throw wrong(`auth_type ${options.auth_type} needs token`);
      return { methods: ['token'], token: { id: options.token } };
    case 'v3applicationcredential': {
      const {
        application_credential_id: id,
        application_credential_name: name,
        application_credential_secret: secret,
      } = options;
      if (!secret) throw wrong('auth_type v3applicationcredential needs application_credential_secret');
      if (id) return { methods: ['application_credential'], application_credential: { secret, id } };
      if (!name) throw wrong('auth_type v3applicationcredential needs application_credential_id or _name');
      const user = userOf(wrong, options);
      return { methods: ['application_credential'], application_credential: { secret, name, user } };
    }
    default:
      if (options.password === null) throw wrong(`auth_type ${options.auth_type} needs password`);
      return {
        methods: ['password'],
        password: { user: { password: options.password, ...userOf(wrong, options) } },
      };
  }
}

function userOf(wrong: (why: string) => Error, options: AuthOptions): Part {
  if (options.user_id) return { id: options.user_id };
  if (!options.username) throw wrong(`auth_type ${options.auth_type} needs username or user_id`);
  const domain = domainOf(options.user_domain_id, options.user_domain_name, options);
  if (!domain) throw wrong('username needs user_domain_id or user_domain_name');
  return { name: options.username, domain };
}

function domainOf(id: string | null, name: string | null, options: AuthOptions): Part | undefined {
  if (id) return { id };
  if (name) return { name };
  if (options.default_domain_id) return { id: options.default_domain_id };
  return options.default_domain_name ? { name: options.default_domain_name } : undefined;
}

function scopeOf(options: AuthOptions): Part | undefined {
  if (options.system_scope) return { system: { [options.system_scope]: true } };
  if (options.trust_id) return { 'OS-TRUST:trust': { id: options.trust_id } };
  const id = options.project_id ?? options.tenant_id;
  if (id) return { project: { id } };
  const name = options.project_name ?? options.tenant_name;
  if (name) {
    const domain = domainOf(options.project_domain_id, options.project_domain_name, options);
    return { project: { name, ...(domain && { domain }) } };
  }
  if (options.domain_id) return { domain: { id: options.domain_id } };
  return options.domain_name ? { domain: { name: options.domain_name } } : undefined;
}
