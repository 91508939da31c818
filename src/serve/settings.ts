// What the API is told of the configuration.
import type { ApiSettings } from '#api/settings.ts';
import type { Config } from '#config/schema.ts';

export function apiSettings(config: Config): Partial<ApiSettings> {
  const { agent, api, conductor, deploy, metrics, agent_containers: containers } = config;
  const statsd = config.metrics_statsd;
  return {
    ...(api.public_endpoint && { publicUrl: api.public_endpoint.replace(/\/+$/, '') }),
    ...corsOf(config),
    health: healthOf(config),
    believesProxies: config.oslo_middleware.enable_proxy_headers_parsing,
    bodyKiB: bodyLimits(config),
    maxJsonDepth: api.max_json_body_depth,
    maxLimit: api.max_limit,
    restrictLookup: api.restrict_lookup,
    fastTrack: deploy.fast_track,
    keepsInventory: config.inventory.data_backend !== 'none',
    ramdiskEndpoints: api.enable_ramdisk_endpoints ?? true,
    defaultConductorGroup: config.DEFAULT.default_conductor_group ?? '',
    defaultResourceClass: config.DEFAULT.default_resource_class,
    defaultPortgroupMode: config.DEFAULT.default_portgroup_mode,
    projectAdminsOwnNodes: api.project_admin_can_manage_own_nodes,
    allowDeletingAvailableNodes: conductor.allow_deleting_available_nodes,
    conductorTimeout: conductor.heartbeat_timeout,
    agentConfig: {
      heartbeat_timeout: api.ramdisk_heartbeat_timeout,
      agent_token_required: true,
      agent_md5_checksum_enable: agent.allow_md5_checksum,
      disable_deep_image_inspection: conductor.disable_deep_image_inspection,
      permitted_image_formats: conductor.permitted_image_formats,
      agent_skip_bmc_detect: false,
      enable_bios_bootloader_install: agent.enable_bios_bootloader_install,
      tls_min_version: agent.tls_minimum_version,
      tls_cipher_suites: agent.tls_ciphers,
      metrics: {
        backend: metrics.agent_backend,
        prepend_host: metrics.agent_prepend_host,
        prepend_uuid: metrics.agent_prepend_uuid,
        prepend_host_reverse: metrics.agent_prepend_host_reverse,
        global_prefix: metrics.agent_global_prefix,
      },
      metrics_statsd: { statsd_host: statsd.agent_statsd_host, statsd_port: statsd.agent_statsd_port },
      agent_containers: {
        allow_arbitrary_containers: containers.allow_arbitrary_containers,
        allowed_containers: containers.allowed_containers,
        container_steps_file: containers.container_steps_file,
        runner: containers.runner,
        pull_options: containers.pull_options,
        run_options: containers.run_options,
      },
    },
  };
}

function corsOf(config: Config): Pick<ApiSettings, 'cors'> {
  const all = [config.cors, ...(config['cors.*'] ?? [])].filter(({ allowed_origin }) => allowed_origin?.length);
  const [first, ...more] = all.map((section) => ({
    allowedOrigins: section.allowed_origin ?? [],
    allowCredentials: section.allow_credentials,
    exposeHeaders: section.expose_headers,
    maxAgeSeconds: section.max_age,
    allowMethods: section.allow_methods,
    allowHeaders: section.allow_headers,
  }));
  return first ? { cors: { ...first, more } } : {};
}

function healthOf({ healthcheck }: Config): ApiSettings['health'] {
  if (!healthcheck.enabled) return null;
  const { path, detailed, disable_by_file_path: file, disable_by_file_paths: pairs } = healthcheck;
  const byPort = pairs.flatMap((pair) => {
    const [, port, named] = /^(\d+):(.+)$/.exec(pair) ?? [];
    return port && named ? [{ port: Number(port), file: named }] : [];
  });
  return { path, detailed, files: [...(file ? [{ file }] : []), ...byPort] };
}

/** As they are now: they may change while Ingot runs. */
function bodyLimits({ api, oslo_middleware: middleware }: Config): ApiSettings['bodyKiB'] {
  return {
    get usual() {
      const lower = middleware.max_request_body_size;
      return lower === null ? api.max_json_body_size : Math.min(api.max_json_body_size, lower / 1024);
    },
    get provision() {
      return api.max_json_body_size_provision;
    },
    get inspection() {
      return api.max_json_body_size_inspection;
    },
  };
}
