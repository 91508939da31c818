import { boolean, choice, list, path } from '../option.ts';

export const agentContainers = {
  allow_arbitrary_containers: boolean(false, 'Any container may run in the ramdisk.'),
  allowed_containers: list([], 'Allow list.'),
  container_steps_file: path('/etc/ironic-python-agent.d/mysteps.yaml', 'Steps file in the ramdisk.'),
  runner: choice('podman', ['docker', 'podman'], 'Container runtime.'),
  pull_options: list([], 'Pull arguments.'),
  run_options: list(['--rm', '--network=host'], 'Run arguments.'),
};
