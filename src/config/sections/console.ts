import { ip, list, path, seconds } from '../option.ts';

export const console = {
  terminal_pid_dir: path(null, 'Folder of pid files of console processes.'),
  terminal_timeout: seconds(600, 'Idle time after which a console ends; 0 never.', { min: 0 }),
  subprocess_checking_interval: seconds(1, 'Time between looks at a console process that starts.'),
  subprocess_timeout: seconds(10, 'Longest wait for a console process to start.'),
  kill_timeout: seconds(1, 'Longest wait for a console process to end.'),
  socat_address: ip('$my_ip', 'Address that consoles listen on.'),
  port_range: list(['10000:20000'], 'Ports for consoles: FIRST:LAST.'),
};
