import { boolean } from '../option.ts';
import { adapter, auth, session } from './keystone-client.ts';

export const nova = {
  ...auth,
  ...session,
  ...adapter('compute'),
  send_power_notifications: boolean(true, 'Tell compute about power changes.', { mutable: true }),
};
