import { ip, list, path, seconds } from '../option.ts';

export const console = {
  terminal_pid_dir: path(null, 'Folder of pid files; no meaning, as consoles are no processes.'),
  terminal_timeout: seconds(600, 'Time without traffic after which a connection to a console is cut off; 0 never.', {
    min: 0,
  }),
  subprocess_checking_interval: seconds(
    1,
    'Time between looks at a process that starts; no meaning, as consoles are no processes.',
  ),
  subprocess_timeout: seconds(10, 'Longest wait for a process to start; no meaning, as consoles are no processes.'),
  kill_timeout: seconds(1, 'Longest wait for a process to end; no meaning, as consoles are no processes.'),
  socat_address: ip('$my_ip', 'Address that consoles listen on, and that clients are told.'),
  port_range: list(['10000:20000'], 'Ports for consoles of nodes that name none: FIRST:LAST.'),
};
