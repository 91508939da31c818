import { adapter, auth, session } from './keystone-client.ts';

export const swift = {
  ...auth,
  ...session,
  ...adapter('object-store'),
};
