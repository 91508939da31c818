// What the API is told of the configuration.
import type { ApiSettings } from '#api/settings.ts';
import type { Config } from '#config/schema.ts';

export function apiSettings(config: Config): Partial<ApiSettings> {
  const { agent, api, conductor, cors, deploy, metrics, agent_containers: containers } = config;
  const statsd = config.metrics_statsd;
  return {
    ...(api.public_endpoint && { publicUrl: api.public_endpoint.replace(/\/+$/, '') }),
    ...(cors.allowed_origin?.length && {
      cors: {
        allowedOrigins: cors.allowed_origin,
        allowCredentials: cors.allow_credentials,
        exposeHeaders: cors.expose_headers,
        maxAgeSeconds: cors.max_age,
        allowMethods: cors.allow_methods,
        allowHeaders: cors.allow_headers,
      },
    }),
    unhealthyFile: config.healthcheck.disable_by_file_path,
    maxLimit: api.max_limit,
    restrictLookup: api.restrict_lookup,
    fastTrack: deploy.fast_track,
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
