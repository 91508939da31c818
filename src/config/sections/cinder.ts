import { integer, seconds } from '../option.ts';
import { adapter, auth, session } from './keystone-client.ts';

export const cinder = {
  ...auth,
  ...session,
  ...adapter('volumev3'),
  action_retries: integer(3, 'How often to try to detach a volume again.'),
  action_retry_interval: seconds(5, 'Time between those tries.'),
  retries: integer(3, 'Old form of connect_retries.', { deprecated: true }),
};
