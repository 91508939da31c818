import { boolean, list, multi, seconds } from '../option.ts';

export const ipmi = {
  command_retry_timeout: seconds(60, 'How long a command is repeated to a BMC that does not answer.', {
    mutable: true,
  }),
  min_command_interval: seconds(5, 'Least time between two tries of a command.', { mutable: true }),
  use_ipmitool_retries: boolean(false, 'Leave repeating to ipmitool; no meaning for the native client.'),
  kill_on_timeout: boolean(true, 'End an ipmitool that hangs; no meaning for the native client.', { mutable: true }),
  disable_boot_timeout: boolean(true, 'Tell BMCs by a raw command to keep the boot device longer than 60 s.', {
    mutable: true,
  }),
  additional_retryable_ipmi_errors: multi([], 'Texts of further errors after which a command may be repeated.', {
    mutable: true,
  }),
  debug: boolean(false, 'Log IPMI in detail.', { mutable: true }),
  store_cred_in_env: boolean(false, 'Hand ipmitool its password by the environment; no meaning for the native client.'),
  cipher_suite_versions: list([], 'Cipher suites to try, in order.'),
};
