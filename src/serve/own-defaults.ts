import type { LoadedConfig } from '#config/load.ts';

/** Defaults of Ironic's that were made for one ipmitool per command, or for a keystone; ours hold unless somebody set them. */
export function ownDefaults(loaded: LoadedConfig): LoadedConfig {
  const { config, sources } = loaded;
  const set = config as unknown as Record<string, Record<string, unknown>>;
  // One kept session per BMC with one command in flight needs no pause between commands.
  if (!sources.has('ipmi.min_command_interval')) set.ipmi!.min_command_interval = 0;
  // What watches a service looks here; it costs a question to the database.
  if (!sources.has('healthcheck.enabled')) set.healthcheck!.enabled = true;
  if (!sources.has('DEFAULT.auth_strategy')) set.DEFAULT!.auth_strategy = 'noauth';
  return loaded;
}
