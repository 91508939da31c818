// How the API checks tokens of callers: keystonemiddleware's section.
import { boolean, choice, integer, list, path, seconds, secret, text } from '../option.ts';
import { auth } from './keystone-client.ts';

export const keystoneAuthtoken = {
  ...auth,
  www_authenticate_uri: text(null, 'Identity URL told to callers that bring no token.', {
    deprecatedNames: ['auth_uri'],
  }),
  auth_version: text(null, 'Version of the identity API.'),
  interface: choice('internal', ['admin', 'internal', 'public'], 'Interface of the identity endpoint.'),
  region_name: text(null, 'Region of the identity endpoint.'),
  delay_auth_decision: boolean(false, 'Let requests without a valid token through, marked so.'),
  http_connect_timeout: seconds(null, 'Time limit of a request to the identity service.'),
  http_request_max_retries: integer(3, 'How often such a request is tried again.'),
  certfile: path(null, 'Client certificate.'),
  keyfile: path(null, 'Key of the client certificate.'),
  cafile: path(null, 'CA bundle that the server certificate is checked against.'),
  insecure: boolean(false, 'Do not check the server certificate.'),
  include_service_catalog: boolean(true, 'Ask for the catalogue when a token is checked.'),
  token_cache_time: seconds(300, 'How long a checked token is remembered; -1 never.'),
  service_token_roles: list(['service'], 'Roles that make a token a service token.'),
  service_token_roles_required: boolean(false, 'Refuse service tokens without such a role.'),
  service_type: text(null, 'Type of this service, for access rules of application credentials.'),
  memcached_servers: list(null, 'Read, without meaning: tokens are remembered in process.'),
  memcache_security_strategy: choice('None', ['None', 'MAC', 'ENCRYPT'], 'Read, without meaning.'),
  memcache_secret_key: secret(null, 'Read, without meaning.'),
};
