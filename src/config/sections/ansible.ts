import { boolean, integer, path, seconds, text } from '../option.ts';

export const ansible = {
  ansible_extra_args: text(null, 'Further arguments of ansible-playbook.'),
  verbosity: integer(null, 'How much ansible tells.', { min: 0, max: 4 }),
  ansible_playbook_script: text('ansible-playbook', 'Path of ansible-playbook.'),
  playbooks_path: path('$pybasedir/drivers/modules/ansible/playbooks', 'Folder of the playbooks.'),
  config_file_path: path('$pybasedir/drivers/modules/ansible/playbooks/ansible.cfg', 'Path of ansible.cfg.'),
  post_deploy_get_power_state_retries: integer(6, 'How often power is looked at after a soft power off.', { min: 0 }),
  post_deploy_get_power_state_retry_interval: seconds(5, 'Time between those polls.', { min: 0 }),
  extra_memory: integer(10, 'MiB of memory needed beside the image.'),
  image_store_insecure: boolean(false, 'Do not check the certificate of the image store.'),
  image_store_cafile: path(null, 'CA of the image store.'),
  image_store_certfile: path(null, 'Client certificate for the image store.'),
  image_store_keyfile: path(null, 'Client key for the image store.'),
  default_username: text('ansible', 'SSH user on the ramdisk.'),
  default_key_file: path(null, 'SSH key for the ramdisk.'),
  default_deploy_playbook: text('deploy.yaml', 'Playbook that deploys.'),
  default_shutdown_playbook: text('shutdown.yaml', 'Playbook that shuts down.'),
  default_clean_playbook: text('clean.yaml', 'Playbook that cleans.'),
  default_clean_steps_config: text('clean_steps.yaml', 'File that lists clean steps.'),
  default_python_interpreter: text(null, 'Python on the ramdisk.'),
};
