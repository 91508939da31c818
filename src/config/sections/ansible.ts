import { boolean, integer, path, seconds, text } from '../option.ts';

export const ansible = {
  ansible_extra_args: text(null, 'Extra arguments.'),
  verbosity: integer(null, 'Verbosity 0-4.', { min: 0, max: 4 }),
  ansible_playbook_script: text('ansible-playbook', 'Ansible-playbook path.'),
  playbooks_path: path('$pybasedir/drivers/modules/ansible/playbooks', 'Playbook folder.'),
  config_file_path: path('$pybasedir/drivers/modules/ansible/playbooks/ansible.cfg', 'Ansible.cfg.'),
  post_deploy_get_power_state_retries: integer(6, 'Polls after soft power off.', { min: 0 }),
  post_deploy_get_power_state_retry_interval: seconds(5, 'Time between those polls.', { min: 0 }),
  extra_memory: integer(10, 'MiB needed besides the image.'),
  image_store_insecure: boolean(false, 'Skip TLS check of image store.'),
  image_store_cafile: path(null, 'CA of image store.'),
  image_store_certfile: path(null, 'Client cert for image store.'),
  image_store_keyfile: path(null, 'Client key for image store.'),
  default_username: text('ansible', 'SSH user.'),
  default_key_file: path(null, 'SSH key.'),
  default_deploy_playbook: text('deploy.yaml', 'Deploy playbook.'),
  default_shutdown_playbook: text('shutdown.yaml', 'Shutdown playbook.'),
  default_clean_playbook: text('clean.yaml', 'Clean playbook.'),
  default_clean_steps_config: text('clean_steps.yaml', 'Clean steps file.'),
  default_python_interpreter: text(null, 'Remote python.'),
};
