// The options of every section that names an OpenStack service: who we are (auth), how we connect (session), which
// endpoint of the catalogue we mean (adapter). Names as keystoneauth loads them.
import { boolean, float, integer, list, path, seconds, secret, text } from '../option.ts';

export const auth = {
  auth_type: text(null, 'How to authenticate: password, v3password, v3applicationcredential, http_basic, none, …', {
    deprecatedNames: ['auth_plugin'],
  }),
  auth_section: text(null, 'Read the auth options from this section instead.'),
  auth_url: text(null, 'URL of the identity service.'),
  username: text(null, 'User name.', { deprecatedNames: ['user-name', 'user_name'] }),
  user_id: text(null, 'User id.'),
  password: secret(null, 'Password of the user.'),
  user_domain_id: text(null, 'Domain of the user, by id.'),
  user_domain_name: text(null, 'Domain of the user, by name.'),
  project_id: text(null, 'Project to be scoped to, by id.', { deprecatedNames: ['tenant-id', 'tenant_id'] }),
  project_name: text(null, 'Project to be scoped to, by name.', { deprecatedNames: ['tenant-name', 'tenant_name'] }),
  project_domain_id: text(null, 'Domain of the project, by id.'),
  project_domain_name: text(null, 'Domain of the project, by name.'),
  domain_id: text(null, 'Domain to be scoped to, by id.'),
  domain_name: text(null, 'Domain to be scoped to, by name.'),
  default_domain_id: text(null, 'Domain id for user and project where they name none.'),
  default_domain_name: text(null, 'Domain name for user and project where they name none.'),
  system_scope: text(null, 'System scope to ask for: all.'),
  trust_id: text(null, 'Trust to act under.'),
  tenant_id: text(null, 'Old name of project_id.'),
  tenant_name: text(null, 'Old name of project_name.'),
  application_credential_id: text(null, 'Application credential, by id.'),
  application_credential_name: text(null, 'Application credential, by name; needs the user too.'),
  application_credential_secret: secret(null, 'Secret of the application credential.'),
  token: secret(null, 'A ready token, for auth_type admin_token or v3token.'),
  endpoint: text(null, 'The endpoint to use with auth_type admin_token, http_basic or none.'),
};

export const session = {
  cafile: path(null, 'CA bundle that the server certificate is checked against.'),
  certfile: path(null, 'Client certificate.'),
  keyfile: path(null, 'Key of the client certificate.'),
  insecure: boolean(false, 'Do not check the server certificate.'),
  timeout: seconds(null, 'Time limit of a request.'),
  collect_timing: boolean(false, 'Record the time of each call.'),
  split_loggers: boolean(false, 'Log requests, replies and bodies apart.'),
};

export const adapter = (service_type: string) => ({
  service_type: text(service_type, 'Type of the service in the catalogue.'),
  service_name: text(null, 'Name of the service in the catalogue.'),
  valid_interfaces: list(['internal', 'public'], 'Interfaces of the catalogue to use, the preferred one first.'),
  region_name: text(null, 'Region of the catalogue.'),
  endpoint_override: text(null, 'Use this URL instead of what the catalogue says.'),
  version: text(null, 'Major API version to use.'),
  min_version: text(null, 'Lowest major API version to discover.'),
  max_version: text(null, 'Highest major API version to discover.'),
  connect_retries: integer(null, 'How often to try again when a connection fails.'),
  connect_retry_delay: float(null, 'Seconds between those; doubling from half a second when not set.'),
  status_code_retries: integer(null, 'How often to try again on an HTTP status that allows it.'),
  status_code_retry_delay: float(null, 'Seconds between those; doubling from half a second when not set.'),
});
