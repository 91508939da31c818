import { boolean, integer, list, seconds, secret, text, url } from '../option.ts';
import { adapter, auth, session } from './keystone-client.ts';

export const glance = {
  ...auth,
  ...session,
  ...adapter('image'),
  allowed_direct_url_schemes: list([], 'URL schemes by which images are fetched past glance.'),
  num_retries: integer(0, 'How often a download is tried again.', { mutable: true }),
  swift_account: text(null, 'Swift account in temporary URLs.'),
  swift_account_prefix: text('AUTH', 'What the swift account starts with.'),
  swift_api_version: text('v1', 'Swift API version in temporary URLs.'),
  swift_container: text('glance', 'Swift container of images.'),
  swift_endpoint_url: url(null, 'Swift host in temporary URLs.'),
  swift_store_multiple_containers_seed: integer(
    0,
    'Letters of the image id that choose among containers; 0 for one container.',
  ),
  swift_temp_url_cache_enabled: boolean(false, 'Use temporary URLs again while they live.'),
  swift_temp_url_duration: seconds(1200, 'Life of temporary URLs.'),
  swift_temp_url_expected_download_start_delay: seconds(
    0,
    'How long a temporary URL must still live to be used again.',
    { min: 0 },
  ),
  swift_temp_url_key: secret(null, 'Key that signs temporary URLs.'),
};
