import { port, text } from '../option.ts';

export const metricsStatsd = {
  statsd_host: text('localhost', 'Host of statsd.'),
  statsd_port: port(8125, 'Port of statsd.'),
  agent_statsd_host: text('localhost', 'Host of statsd for agents.'),
  agent_statsd_port: port(8125, 'Port of statsd for agents.'),
};
