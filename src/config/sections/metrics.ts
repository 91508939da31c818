import { boolean, choice, text } from '../option.ts';

export const metrics = {
  backend: choice('noop', ['collector', 'noop', 'statsd'], 'Where metrics go.'),
  prepend_host: boolean(false, 'Put the host name before metric names.'),
  prepend_host_reverse: boolean(true, 'Turn the parts of that host name round.'),
  global_prefix: text(null, 'Text before all metric names.'),
  agent_backend: text('noop', 'Where metrics of agents go.'),
  agent_prepend_host: boolean(false, 'Agents put the host name before metric names.'),
  agent_prepend_uuid: boolean(false, 'Agents put the node uuid before metric names.'),
  agent_prepend_host_reverse: boolean(true, 'Agents turn the parts of the host name round.'),
  agent_global_prefix: text(null, 'Text before all metric names of agents.'),
};
