import type { PlannedStep } from './steps.ts';

/** What a waiting row waits for. */
export type WaitsOn = 'agent boot' | 'agent step' | 'reboot' | 'heartbeat' | 'bmc' | 'external';

/**
 * The notes that the house keeps on a node (`driver_internal_info`): every key that any room writes, with its owner.
 * Clients see them, so names that Ironic has are Ironic's.
 */
export interface InternalInfo {
  // the ramdisk agent (drivers/agent/, conductor/heartbeat.ts)
  agent_url?: string;
  agent_version?: string;
  /** ISO 8601, UTC. */
  agent_last_heartbeat?: string;
  agent_secret_token?: string;
  agent_secret_token_pregenerated?: boolean;
  /** The service stopped before a heartbeat showed that the token had arrived: it may be told once more. */
  agent_token_untold?: boolean;
  /** Path of the certificate that the agent announced. */
  agent_verify_ca?: string;
  agent_status?: string;
  agent_status_message?: string;
  agent_cached_clean_steps?: readonly PlannedStep[];
  agent_cached_deploy_steps?: readonly PlannedStep[];
  agent_cached_service_steps?: readonly PlannedStep[];
  hardware_manager_version?: Readonly<Record<string, string>>;
  agent_start_attempted?: string;
  agent_erase_devices_iterations?: number;
  agent_erase_devices_zeroize?: boolean;
  agent_continue_if_secure_erase_failed?: boolean;
  agent_enable_nvme_secure_erase?: boolean;
  agent_enable_ata_secure_erase?: boolean;
  disk_erasure_concurrency?: number;
  agent_erase_skip_read_only?: boolean;
  // plans of steps (conductor/steps.ts)
  deploy_steps?: readonly PlannedStep[];
  deploy_step_index?: number;
  clean_steps?: readonly PlannedStep[];
  clean_step_index?: number;
  service_steps?: readonly PlannedStep[];
  service_step_index?: number;
  /** What the user asked for by name, kept until the ramdisk has told what it can do. */
  user_deploy_steps?: readonly unknown[];
  /** The step at the index was begun and has not ended: after a crash it is looked at before it is run again. */
  step_begun?: boolean;
  waiting_on?: WaitsOn;
  /** The row waits for its BMC: how often it is looked at (seconds), and until when (ms since the epoch). */
  bmc_look_every?: number;
  bmc_wait_until?: number;
  /** The service was away while the machine booted: it is booted once more before its time is up. */
  boot_cut_off?: boolean;
  abort_after_step?: boolean;
  cleaning_disable_ramdisk?: boolean;
  skip_current_clean_step?: boolean;
  // the instance (conductor/flows/)
  is_whole_disk_image?: boolean;
  is_source_a_path?: boolean;
  automatic_lessee?: boolean;
  root_uuid_or_disk_id?: string;
  // power (conductor/power.ts)
  last_power_state_change?: string;
  // management: what the next power-on shall boot from, where a BMC forgets it
  persistent_boot_device?: string;
  is_next_boot_persistent?: boolean;
  /** The ramdisk of the inspection was booted by this house: its boot files have to be put away. */
  inspection_booted?: boolean;
  /** Of the node's BMC while an inspection waits: a ramdisk that knows nothing else is found by them. */
  bmc_addresses?: readonly string[];
  /** TCP port of the serial console, where the node names none itself (drivers/ipmi/console-face.ts). */
  allocated_ipmi_terminal_port?: number;
  // steps of a Redfish BMC that take their time (drivers/redfish/)
  /** What the step that waits has begun. */
  redfish_step?: Readonly<Record<string, unknown>>;
  /** Firmware that is to be updated, in order; while there is some, nobody else asks the BMC for power. */
  redfish_fw_updates?: readonly Readonly<Record<string, unknown>>[];
  // what the fake management interface was last asked to show (drivers/fake/)
  fake_indicators?: Readonly<Record<string, string>>;
  // network (drivers/network/)
  provisioning_attached?: string;
}

/** Keys that only a booted ramdisk gives meaning to: they go when the machine is powered off or rebooted. */
export const agentKeys = [
  'agent_url',
  'agent_secret_token',
  'agent_token_untold',
  'agent_verify_ca',
  'agent_status',
  'agent_status_message',
  'agent_cached_clean_steps',
  'agent_cached_deploy_steps',
  'agent_cached_service_steps',
  'agent_start_attempted',
] as const satisfies readonly (keyof InternalInfo)[];

/** Keys of a plan of steps: they go when the flow has ended. */
export const planKeys = [
  'deploy_steps',
  'deploy_step_index',
  'clean_steps',
  'clean_step_index',
  'service_steps',
  'service_step_index',
  'user_deploy_steps',
  'step_begun',
  'waiting_on',
  'bmc_look_every',
  'bmc_wait_until',
  'redfish_step',
  'redfish_fw_updates',
  'boot_cut_off',
  'abort_after_step',
  'cleaning_disable_ramdisk',
  'skip_current_clean_step',
] as const satisfies readonly (keyof InternalInfo)[];

/** `info` without `keys`. */
export function without(info: InternalInfo, keys: readonly (keyof InternalInfo)[]): InternalInfo {
  const left = { ...info };
  for (const key of keys) delete left[key];
  return left;
}

/** `info` after a power-off or reboot; a token that was made before the boot outlives it (virtual media, kickstart). */
export function withoutAgent(info: InternalInfo): InternalInfo {
  const left = without(info, agentKeys);
  if (info.agent_secret_token_pregenerated && info.agent_secret_token)
    left.agent_secret_token = info.agent_secret_token;
  return left;
}
