import { ip, list, path, seconds } from '../option.ts';

export const console = {
  terminal_pid_dir: path(null, 'Pid files.'),
  terminal_timeout: seconds(600, 'Idle time after which a console ends; 0 never.', { min: 0 }),
  subprocess_checking_interval: seconds(1, 'Child check period.'),
  subprocess_timeout: seconds(10, 'Child start limit.'),
  kill_timeout: seconds(1, 'Child stop limit.'),
  socat_address: ip('$my_ip', 'Listen address of socat.'),
  port_range: list(['10000:20000'], 'Console ports.'),
};
