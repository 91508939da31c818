// Where ramdisks find the API when the cloud's catalogue knows: [service_catalog].
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Config } from '#config/schema.ts';
import { withAuthSection } from '#openstack/auth-section.ts';
import { pickEndpoint } from '#openstack/catalogue.ts';
import { openHttp } from '#openstack/http.ts';
import { credentialsOf } from '#openstack/keystone.ts';
import { retrying } from '#openstack/retry.ts';

const section = 'service_catalog';

/**
 * Our own endpoint in the catalogue, or `usual` where [service_catalog] names no way to ask, an override says it already, or
 * nothing comes of it: then the log says why. Throws AuthMisconfigured where the section cannot be used.
 */
export async function ownEndpoint(
  config: Config,
  usual: string,
  { clock, log }: { clock: Clock; log: Log },
): Promise<string> {
  const options = withAuthSection(
    section,
    config.service_catalog,
    config as unknown as Readonly<Record<string, object>>,
  );
  if (options.endpoint_override || options.auth_type === null) return usual;
  const http = retrying(openHttp(section, options), options, clock);
  try {
    const credentials = credentialsOf({ section, options, http, clock });
    const found = credentials?.endpoint ?? pickEndpoint((await credentials?.catalogue?.()) ?? [], options);
    if (found) return found.replace(/\/+$/, '').replace(/\/v1$/, '');
    log.warn({}, `The catalogue has no endpoint of ours ([${section}]); ramdisks are told ${usual}`);
  } catch (error) {
    log.warn({}, `The catalogue cannot be asked where the API is, so ramdisks are told ${usual}: ${explain(error)}`);
  } finally {
    await http.close();
  }
  return usual;
}
