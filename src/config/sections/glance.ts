import { boolean, integer, list, seconds, secret, text, url } from '../option.ts';
import { adapter, auth, session } from './keystone-client.ts';

export const glance = {
  ...auth,
  ...session,
  ...adapter('image'),
  allowed_direct_url_schemes: list([], 'Direct download schemes.'),
  num_retries: integer(0, 'Download retries.', { mutable: true }),
  swift_account: text(null, 'Temp URL account.'),
  swift_account_prefix: text('AUTH', 'Account prefix.'),
  swift_api_version: text('v1', 'Temp URL version.'),
  swift_container: text('glance', 'Temp URL container.'),
  swift_endpoint_url: url(null, 'Temp URL host.'),
  swift_store_multiple_containers_seed: integer(0, 'Container sharding.'),
  swift_temp_url_cache_enabled: boolean(false, 'Cache temp URLs.'),
  swift_temp_url_duration: seconds(1200, 'Temp URL life.'),
  swift_temp_url_expected_download_start_delay: seconds(0, 'Reuse margin.', { min: 0 }),
  swift_temp_url_key: secret(null, 'Temp URL secret.'),
};
