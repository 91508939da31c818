import { integer, seconds } from '../option.ts';

export const drac = {
  query_raid_config_job_status_interval: seconds(120, 'How often RAID jobs are looked at.', { min: 1 }),
  boot_device_job_status_timeout: seconds(30, 'Longest wait for a boot device job.', { min: 1 }),
  config_job_max_retries: integer(240, 'How often a configuration job is looked at.', { min: 1, deprecated: true }),
  bios_factory_reset_timeout: seconds(600, 'Longest wait for a BIOS reset.', { min: 1, deprecated: true }),
  raid_job_timeout: seconds(300, 'Longest wait for a RAID job.', { min: 1 }),
};
