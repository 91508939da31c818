import { boolean, choice, list, path } from '../option.ts';

export const agentContainers = {
  allow_arbitrary_containers: boolean(
    false,
    'Any container image may run in the ramdisk, not only allowed_containers.',
  ),
  allowed_containers: list([], 'Container images that may run in the ramdisk.'),
  container_steps_file: path(
    '/etc/ironic-python-agent.d/mysteps.yaml',
    'File in the ramdisk that lists steps run by containers.',
  ),
  runner: choice('podman', ['docker', 'podman'], 'Program that runs containers in the ramdisk.'),
  pull_options: list([], 'Arguments for pulling container images.'),
  run_options: list(['--rm', '--network=host'], 'Arguments for running containers.'),
};
