import type { Clock } from '#base/clock.ts';
import type { Config } from '#config/schema.ts';
import { RedfishClient } from '#protocols/redfish/client.ts';

/** The client for all Redfish BMCs, as `[redfish]` says. */
export const redfishClient = ({ redfish }: Config, clock: Clock): RedfishClient =>
  new RedfishClient({
    clock,
    connectTimeoutMs: redfish.connect_timeout * 1000,
    readTimeoutMs: redfish.read_timeout * 1000,
    attempts: redfish.connection_attempts,
    pauseMs: redfish.connection_retry_interval * 1000,
    sessions: redfish.connection_cache_size,
  });
